"""The language of a text, with the identifier's confidence."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import pyarrow as pa
import pycld2
from numpy.typing import NDArray
from pydantic import Field, field_validator, model_validator

from lakesift.errors import SetupError
from lakesift.settings import Settings
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes, code_point
from lakesift.text.kernels.compiled import compiled
from lakesift.text.language.codes import UNKNOWN, language_code

Identifier = Callable[[bytes], tuple[str, float]]
Answer = tuple[tuple[str, str, int, float], ...]
"""Of CLD2: name, code, per cent of the text and score of up to three languages, most first."""
CLD2, HEADS = "cld2", "readable_heads"
BYTES_READ = 2048
ANSWER = {"language": pa.string(), "score": pa.float32()}
SHARES, SHARES_TYPE = "shares", pa.map_(pa.string(), pa.float32())


class LanguageSettings(Settings):
    """The identifier of the language, and how much of a text it reads."""

    identifier: Literal["pycld2", "py3langid", "fasttext"] = Field(
        default="pycld2",
        description="CLD2 is what Common Crawl uses; fasttext needs a model, such as lid.176.bin or GlotLID",
    )
    model: Path | None = Field(default=None, description="fastText model file, read by every worker")
    bytes_read: int = Field(
        default=BYTES_READ,
        ge=64,
        description="bytes from the start of a text that are looked at. Measured with CLD2 on 777 real texts of 7 KB: "
        "with 2048 the answer to 'English, over 65 %' is that of whole texts for all of them, and the language that of "
        "all but one of the 645 that are mainly in one; 4096 is better only on mixed texts (30 of all differ, not 47), "
        "1536 is worse",
    )
    best_effort: bool = Field(
        default=True,
        description="CLD2 names its best guess for short texts too: right for 0.953 of single sentences in 75 "
        "languages, 0.941 without, where 0.025 are 'un'",
    )

    @model_validator(mode="after")
    def _model_fits(self) -> Self:
        if (self.identifier == "fasttext") != (self.model is not None):
            raise ValueError("identifier fasttext and the path of its model go together: give both or neither")
        return self


class OtherIdentifier(LanguageSettings):
    """A further identifier, whose answer is kept beside the deciding one's."""

    name: str = Field(
        default="",
        pattern=r"^[a-z0-9_]*$",
        description="of its field in `languages`; left out: the identifier's, which two fastText models would share",
    )

    @property
    def field(self) -> str:
        """Name of its field in the column `languages`."""
        return self.name or self.identifier


class DocumentLanguageSettings(LanguageSettings):
    """The identifier that decides a document's language, and further identifiers."""

    also: tuple[OtherIdentifier, ...] = Field(
        default=(),
        description="further identifiers, by name or with settings: rules can name languages.NAME.language and .score",
    )
    shares: bool = Field(
        default=False,
        description="keep how much of a text is in which language, as languages.shares['en']; "
        "null for one that is not in it",
    )

    @field_validator("also", mode="before", json_schema_input_type=tuple[str | OtherIdentifier, ...])
    @classmethod
    def _names(cls, value: Any) -> Any:
        is_listed = isinstance(value, list | tuple)
        return [{"identifier": each} if isinstance(each, str) else each for each in value] if is_listed else value

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        # The field of the shares is no identifier's.
        names = [other.field for other in self.also] + [SHARES]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} more than once in also: give each another `name`")
        return self

    def columns(self) -> dict[str, pa.DataType]:
        """Return the fields of the column `languages`; without any there is no column."""
        answer = pa.struct(list(ANSWER.items()))
        return {other.field: answer for other in self.also} | ({SHARES: SHARES_TYPE} if self.shares else {})


def identify_also(buffers: TextBuffers, settings: DocumentLanguageSettings) -> pa.StructArray:
    """Return the column `languages`: answers of the identifiers in `also`, and shares.

    Each answer is a language and a score, as `identify` returns them. Shares are included if the settings request
    them.

    Raises:
        SetupError: as `identify`.
    """
    columns: list[pa.Array] = [
        pa.StructArray.from_arrays(list(identify(buffers, other)), names=list(ANSWER)) for other in settings.also
    ]
    if settings.shares:
        columns.append(shares_of(buffers, settings.bytes_read))
    return pa.StructArray.from_arrays(columns, names=list(settings.columns()))


def shares_of(buffers: TextBuffers, bytes_read: int) -> pa.MapArray:
    """Return up to three languages of each text by CLD2, with their shares of bytes."""
    found: list[list[tuple[str, float]]] = []
    for of_text in cld2_answers(buffers, bytes_read, True):
        shares: dict[str, float] = {}
        for _, label, percent, _ in of_text:
            code = language_code(label)
            if code != UNKNOWN:
                shares[code] = shares.get(code, 0) + percent / 100
        found.append(list(shares.items()))
    return pa.array(found, SHARES_TYPE)


def identify(buffers: TextBuffers, settings: LanguageSettings) -> tuple[pa.StringArray, pa.FloatArray]:
    """Return the language of each text with its score.

    The language is ISO 639-1 where it has a code, else the identifier's code, or `un` where none is found. The score is
    between 0 and 1: with pycld2 the share of the text in that language, else the probability; 0 for `un`.

    Raises:
        SetupError: a package is missing, or the model cannot be read.
    """
    if settings.identifier == "pycld2":
        answers = cld2_answers(buffers, settings.bytes_read, settings.best_effort)
        found = [(of_text[0][1], of_text[0][2] / 100) for of_text in answers]
    else:
        found = list(map(identifier_of(settings), readable_texts(buffers, settings.bytes_read)))
    codes = [language_code(label) for label, _ in found]
    scores = [
        0.0 if code == UNKNOWN else min(max(score, 0.0), 1.0) for code, (_, score) in zip(codes, found, strict=True)
    ]
    return pa.array(codes, pa.string()), pa.array(scores, pa.float32())


def cld2_answers(buffers: TextBuffers, bytes_read: int, best_effort: bool) -> list[Answer]:
    """Return CLD2's answer for each text, as plain text without hints; cached."""
    key = f"{CLD2}_{bytes_read}_{best_effort}"
    if key not in buffers.derived:
        texts = readable_texts(buffers, bytes_read)
        buffers.derived[key] = [pycld2.detect(text, isPlainText=True, bestEffort=best_effort)[2] for text in texts]
    found: list[Answer] = buffers.derived[key]
    return found


def readable_texts(buffers: TextBuffers, bytes_read: int) -> list[bytes]:
    """Return each text's first bytes, with spaces for those CLD2 rejects; cached."""
    key = f"{HEADS}_{bytes_read}"
    if key not in buffers.derived:
        heads, text_offsets = readable_heads(buffers.data, buffers.offsets, bytes_read)
        written = heads.tobytes()
        buffers.derived[key] = [written[start:end] for start, end in pairwise(text_offsets.tolist())]
    found: list[bytes] = buffers.derived[key]
    return found


def identifier_of(settings: LanguageSettings) -> Identifier:
    """Load the identifier that has a model, once per process."""
    if settings.model is not None:
        try:
            state = settings.model.stat()
        except OSError as error:
            raise SetupError(f"cannot read the language model: {error}", where=str(settings.model)) from error
        return fasttext_identifier(settings.model, state.st_size, state.st_mtime_ns)
    return py3langid_identifier()


@cache
def py3langid_identifier() -> Identifier:
    """Load the model inside the package py3langid."""
    try:
        from py3langid import langid
    except ImportError as error:
        raise SetupError("identifier py3langid is not installed", next_step="pip install py3langid") from error
    identifiers: Any = langid.LanguageIdentifier
    classifier = identifiers.from_model_file(langid.MODEL_FILE, norm_probs=True)
    return lambda text: classifier.classify(text) if text.strip() else (UNKNOWN, 0.0)


@lru_cache(maxsize=2)
def fasttext_identifier(model: Path, size: int, modified: int) -> Identifier:
    """Load a fastText model.

    Size and modification time stand for the file's content, so that a replaced file is read anew.
    """
    try:
        fasttext: Any = import_module("fasttext")
        classifier = fasttext.load_model(str(model))
    except ImportError as error:
        raise SetupError("fastText is not installed", next_step="pip install fasttext-numpy2-wheel") from error
    except ValueError as error:
        raise SetupError(f"not a fastText model: {error}", where=str(model)) from error

    def identify_one(text: bytes) -> tuple[str, float]:
        # fastText takes the word </s> for the end of its input.
        labels, probabilities = classifier.predict(text.decode().replace("</s>", " "))
        return (labels[0], float(probabilities[0])) if labels and text.strip() else (UNKNOWN, 0.0)

    return identify_one


@compiled
def is_readable(point: int, length: int) -> bool:
    """Return whether CLD2 accepts a character: no control, surrogate or noncharacter."""
    if length == 1:
        return 0x20 <= point < 0x7F
    if length == 2:
        return point >= 0xA0
    is_long_enough = point >= 0x800 if length == 3 else point >= 0x10000
    is_surrogate = 0xD800 <= point < 0xE000
    is_noncharacter = 0xFDD0 <= point < 0xFDF0 or point & 0xFFFE == 0xFFFE
    return is_long_enough and not is_surrogate and not is_noncharacter


@compiled
def readable_heads(data: Bytes, text_offsets: NDArray[np.int64], limit: int) -> tuple[Bytes, NDArray[np.int64]]:
    """Return each text's first bytes, with spaces for unreadable bytes, and offsets."""
    ends = np.zeros_like(text_offsets)
    for text in range(text_offsets.size - 1):
        ends[text + 1] = ends[text] + min(text_offsets[text + 1] - text_offsets[text], limit)
    heads = np.empty(ends[-1], np.uint8)
    for text in range(text_offsets.size - 1):
        source, stop, at = text_offsets[text], text_offsets[text + 1], ends[text]
        while at < ends[text + 1]:
            point, length = code_point(data, source, stop)
            kept = is_readable(point, length) and at + length <= ends[text + 1]
            for byte in range(min(length, ends[text + 1] - at)):
                heads[at + byte] = data[source + byte] if kept else 32
            source += length
            at += length
    return heads, ends
