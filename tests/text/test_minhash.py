"""MinHash: the kernel against datasketch, xxhash and a plain-Python form of the simplified text."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
import xxhash
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.kernels.minhash import band_keys, signatures
from lakesift.text.kernels.minhash_settings import MinHashSettings

NUMBER = re.compile(r"\d+(?:[.,،٫⎖⎗⎘]\d+)?")
# datatrove 0.10.1, utils/text.py
PUNCTUATION = "!/—”:％１〈&(、━\\【#%「」，】；+^]~“《„';’{|∶´[=-`*．（–？！：$～«〉,><》)?）。…@_.\"}►»"
CONTROLS = "".join(map(chr, (*range(9), *range(11, 32), *range(127, 160))))
TO_SPACE = str.maketrans(dict.fromkeys(PUNCTUATION + CONTROLS, " "))

WORDS = st.sampled_from(
    ["the", "Cat", "CAFÉ", "naïve", "3.14,15", "١٢٫٣", "x", "Ελλάδα", "한국어", "日本。", "don't", "İ", "葛󠄀"]
)
TEXTS = st.lists(st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=40).map(" ".join)), min_size=1, max_size=8)


def plainly_simplified(text: str) -> list[str]:
    lower = "".join(character.lower() for character in text)
    spaced = NUMBER.sub("0", lower).translate(TO_SPACE)
    parts = "".join(unicodedata.normalize("NFD", character) for character in spaced)
    return "".join(part for part in parts if unicodedata.category(part) != "Mn").split()


def shingle_hash(shingle: bytes) -> int:
    return xxhash.xxh64_intdigest(shingle) & 0xFFFFFFFF


def plain_signature(text: str, chosen: MinHashSettings) -> MinHash | None:
    units, joint = plainly_simplified(text), " "
    if chosen.shingle == "characters":
        units, joint = list(" ".join(units)), ""
    shingles = [joint.join(units[at : at + chosen.size]) for at in range(len(units) - chosen.size + 1)]
    sketch = MinHash(chosen.bands * chosen.rows, seed=chosen.seed, scheme="affine32", hashfunc=shingle_hash)
    sketch.update_batch([shingle.encode() for shingle in shingles])
    return sketch if shingles else None


def signatures_of(texts: list[str], chosen: MinHashSettings) -> list[bytes | None]:
    return signatures(buffers_of(pa.array(texts, pa.string())), chosen).to_pylist()


@settings(max_examples=200)
@given(TEXTS, st.sampled_from(["words", "characters"]), st.integers(1, 7), st.integers(0, 3))
def test_signatures_are_those_of_datasketch_bit_for_bit(texts: list[str], shingle: str, size: int, seed: int) -> None:
    chosen = MinHashSettings(shingle=shingle, size=size, bands=3, rows=5, seed=seed)
    for text, found in zip(texts, signatures_of(texts, chosen), strict=True):
        expected = plain_signature(text, chosen)
        assert found == (expected.hashvalues.astype("<u4").tobytes() if expected else None), text


def test_a_text_of_many_blocks_has_the_signature_of_datasketch() -> None:
    chosen = MinHashSettings()
    text = " ".join(f"word{number % 977}x{chr(97 + number % 26)}" for number in range(20_000))
    expected = plain_signature(text, chosen)
    assert expected is not None
    assert signatures_of([text], chosen) == [expected.hashvalues.astype("<u4").tobytes()]


def test_signatures_load_into_datasketch() -> None:
    first, second = (f"{start} one two three four five six seven eight nine ten" for start in ("some", "other"))
    sketches = [
        MinHash(hashvalues=np.frombuffer(found, "<u4"), seed=1, scheme="affine32")
        for found in signatures_of([first, second], MinHashSettings())
        if found
    ]
    assert sketches[0].jaccard(sketches[1]) == pytest.approx(6 / 8, abs=0.15)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, WORLD's 1,000,000 km", ["hello", "world", "s", "0", "0", "km"]),
        ("a1.5b 2.x ３．４ 1|2", ["a0b", "0", "x", "0", "0", "0", "0"]),
        ("Café CAFE\u0301 \u0301 ΟΔΟΣ", ["cafe", "cafe", "οδοσ"]),
        ("\u00a0\u3000\u200a", []),
    ],
)
def test_simplified_words(text: str, words: list[str]) -> None:
    assert plainly_simplified(text) == words
    chosen = MinHashSettings(size=1)
    assert signatures_of([text], chosen) == signatures_of([" ".join(words)], chosen)


def test_copies_that_differ_in_case_numbers_accents_and_punctuation_have_one_signature() -> None:
    copies = ["On 3 May 2024 the café — closed.", "on 17 may 1999: THE CAFE closed", "ON 1,5 MAY 0 (the cafe) closed!!"]
    assert len(set(signatures_of(copies, MinHashSettings()))) == 1


@pytest.mark.parametrize(
    ("shingle", "text"), [("words", "only four words here"), ("characters", "a b!"), ("words", "")]
)
def test_a_text_shorter_than_a_shingle_has_no_signature_and_no_keys(shingle: str, text: str) -> None:
    chosen = MinHashSettings(shingle=shingle)
    found = signatures(buffers_of(pa.array([text, None, "five words are just enough"], pa.string())), chosen)
    assert found.is_valid().to_pylist() == [False, False, True]
    assert [len(keys) for keys in band_keys(found, chosen).to_pylist()] == [0, 0, 14]


def test_band_keys_are_xxh64_of_each_band_with_its_number_as_seed() -> None:
    chosen = MinHashSettings(bands=5, rows=3)
    texts = ["one two three four five six", "too short", "seven eight nine ten eleven"]
    found = signatures(buffers_of(pa.array(texts)), chosen)
    for signature, keys in zip(found.to_pylist(), band_keys(found, chosen).to_pylist(), strict=True):
        bands = [signature[at:end] for at, end in pairwise(range(0, 61, 12))] if signature else []
        expected = [xxhash.xxh64_intdigest(band, seed=number) for number, band in enumerate(bands)]
        assert [key % 2**64 for key in keys] == expected


def test_bands_for_another_threshold_are_cut_from_the_same_signature() -> None:
    texts = ["one two three four five six", "too short", "seven eight nine ten eleven"]
    longer, shorter = MinHashSettings(bands=2, rows=4, permutations=12), MinHashSettings(bands=4, rows=3)
    found = signatures(buffers_of(pa.array(texts)), longer)
    assert found == signatures(buffers_of(pa.array(texts)), shorter)
    for signature, keys in zip(found.to_pylist(), band_keys(found, longer).to_pylist(), strict=True):
        expected = (
            [xxhash.xxh64_intdigest(signature[at : at + 16], seed=at // 16) for at in (0, 16)] if signature else []
        )
        assert [key % 2**64 for key in keys] == expected


@pytest.mark.parametrize("text", ["the of and to " * 3_500_000, "x" * 50_000_000], ids=["stop words", "no spaces"])
def test_fifty_megabytes_of_little_have_the_signature_of_their_few_shingles(text: str) -> None:
    by_words = MinHashSettings(bands=2, rows=2)
    by_characters = MinHashSettings(bands=2, rows=2, **{"preset": "nemo"})
    assert signatures_of([text], by_words) == signatures_of([text[:100]], by_words)
    assert signatures_of([text], by_characters) == signatures_of([text[:100]], by_characters)
    assert (signatures_of([text], by_words) == [None]) == ("x" in text)


def test_equal_rows_in_different_bands_have_different_keys() -> None:
    signature = pa.array([b"\x01\x02\x03\x04" * 4], pa.binary())
    assert len(set(band_keys(signature, MinHashSettings(bands=4, rows=1)).to_pylist()[0])) == 4


def test_slices_of_an_array_have_the_signatures_of_their_own_rows() -> None:
    texts = pa.array(["none", "one two three four five six", "b c d e f g h"])
    whole = signatures(buffers_of(texts), MinHashSettings()).to_pylist()
    assert signatures(buffers_of(texts.slice(1, 2)), MinHashSettings()).to_pylist() == whole[1:]
    assert signatures(buffers_of(texts.slice(0, 0)), MinHashSettings()).to_pylist() == []


@pytest.mark.parametrize("broken", [b"\xff\xfe five words of it \x80 \xc3", b"\xe2\x82", b"a b c d \xf0\x9f\x98"])
def test_broken_utf8_is_read_to_its_end_and_no_further(broken: bytes) -> None:
    texts = pa.StringArray.from_buffers(
        2, pa.array([0, len(broken), 2 * len(broken)], pa.int32()).buffers()[1], pa.py_buffer(2 * broken)
    )
    first, second = signatures(buffers_of(texts), MinHashSettings(size=1)).to_pylist()
    assert first == second


def test_unknown_settings_are_refused() -> None:
    with pytest.raises(ValidationError, match="bands"):
        MinHashSettings(bands=0)
    with pytest.raises(ValidationError, match="shingle"):
        MinHashSettings(shingle="lines")
