"""Promises of `lakesift extractor train` and `lakesift extractor judge`."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from lakesift.commands.extractor import judge_extractors, read_pages, train_extractor
from lakesift.errors import UsageError
from lakesift.extraction.block_model import BlockModel

HTML = "<nav><ul><li><a href=/>Home</a></li><li><a href=/a>About</a></li></ul></nav><p>{}</p><p>{}</p><footer>Imprint</footer>"


def line(number: int) -> str:
    texts = [f"In town {number} the council met on day {day} and chose a mayor." for day in range(2)]
    return json.dumps({"url": f"http://{number}.example/", "html": HTML.format(*texts), "text": " ".join(texts)})


def test_weights_are_written_and_do_not_depend_on_the_order_of_the_pages(tmp_path: Path) -> None:
    lines = [line(number) for number in range(30)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    with gzip.open(tmp_path / "b.jsonl.gz", "wt") as stream:
        stream.write("\n".join(reversed(lines)))
    told = train_extractor(tmp_path / "a.jsonl", tmp_path / "new" / "a.json")
    assert "30 pages of 30 hosts" in told
    assert "only" not in told
    train_extractor(tmp_path / "b.jsonl.gz", tmp_path / "b.json")
    assert BlockModel.read(tmp_path / "new" / "a.json") == BlockModel.read(tmp_path / "b.json")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("nonsense", r"pages.jsonl:1: .*url, html and either text, or with and without"),
        ('{"url": "u", "html": "<p>a", "text": " "}', r"pages.jsonl:1: text"),
        (line(1) + '\n{"url": "u"}', r"pages.jsonl:2: html"),
        ('{"url": "u", "html": "<p>a"}', r"pages.jsonl:1: neither text nor with"),
        ('{"url": "u", "html": "<p>a", "text": "a", "typo": 1}', r"pages.jsonl:1: typo"),
        ('{"url": "u", "html": "<p>a", "text": "a"}', "cannot be learned|no block of content"),
        ("", "no page"),
    ],
)
def test_wrong_pages_are_named_by_their_line(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "pages.jsonl"
    path.write_text(content)
    with pytest.raises(UsageError, match=message):
        train_extractor(path, tmp_path / "out.json")
    assert not (tmp_path / "out.json").exists()


def test_pages_of_too_few_hosts_are_told(tmp_path: Path) -> None:
    lines = [line(number).replace(f"{number}.example", f"{number % 4}.example") for number in range(30)]
    (tmp_path / "pages.jsonl").write_text("\n".join(lines))
    assert "only 4 hosts: from fewer than 5" in train_extractor(tmp_path / "pages.jsonl", tmp_path / "out.json")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.jsonl: No such file or directory; next: check the path"):
        read_pages(tmp_path / "none.jsonl")


def test_a_place_that_cannot_be_written_is_told_before_the_training(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "pages.jsonl").write_text(line(1))
    with pytest.raises(UsageError, match="cannot write"):
        train_extractor(tmp_path / "pages.jsonl", tmp_path / "file" / "out.json")


def test_each_extractor_is_judged_on_pages_with_the_text_and_on_pages_with_snippets(tmp_path: Path) -> None:
    kept = "In town 1 the council met on day 0 and chose a mayor."
    snippets = {
        "url": "http://s.example/",
        "html": HTML.format(kept, kept),
        "with": [kept, "Nowhere"],
        "without": ["Imprint"],
    }
    path, weights = tmp_path / "pages.jsonl", tmp_path / "own.json"
    path.write_text("\n".join([*(line(number) for number in range(30)), json.dumps(snippets)]))
    train_extractor(path, weights)
    with_text, with_snippets = judge_extractors(path, weights).split("1 pages with snippets:\n")
    assert with_text.startswith("30 pages with the whole text:\n")
    for figures in (with_text, with_snippets):
        assert [row.split()[0] for row in figures.splitlines()[-4:]] == [
            str(weights),
            "lakesift",
            "resiliparse",
            "trafilatura",
        ]
    # Nothing but the paragraphs; one of two snippets is found, and not the one that must not be.
    assert with_text.splitlines()[2].split()[1:] == ["1.0000", "1.0000", "1.0000"]
    assert with_snippets.splitlines()[1].split()[1:] == ["0.6667", "1.0000", "0.5000"]
