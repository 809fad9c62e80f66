"""Files beside the text that signals and edits read, named by the recipe."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from lakesift.settings import Settings


class Resources(Settings):
    """Paths of files; a family of signals says which it needs."""

    tokenizer: Path | None = Field(default=None, description="a tokenizer.json of the library tokenizers")
    url_lists: Path | None = Field(
        default=None,
        description="folder of URL lists: per category a folder with the files domains (hosts and registered domains), "
        "urls, words, soft_words and subwords, each where the category has it; UTF-8, one entry a line, lines that "
        "begin with # left out. The UT1 lists have this form; of datatrove's, DCLM's or one's own make a category each",
    )
    bad_words: Path | None = Field(
        default=None, description="folder of word lists, a file per language code, one a line"
    )
    stop_words: Path | None = Field(default=None, description="folder of stop words in the form of bad_words")
    languages: Path | None = Field(
        default=None,
        description="folder of language files (lakesift.text.language.files): how words are found and which are stop "
        "words",
    )

    def files(self) -> list[Path]:
        """Return all files named directly or by folder, in order, without `languages`.

        A path that does not exist is returned as it is.
        """
        named = [path for path in (self.tokenizer, self.url_lists, self.bad_words, self.stop_words) if path is not None]
        return [
            file
            for path in named
            for file in (sorted(filter(Path.is_file, path.rglob("*"))) if path.is_dir() else [path])
        ]
