"""RedPajama-V2's signals: figures by hand, a plain implementation of each, hostile texts."""

from __future__ import annotations

import math
import re
import string
import unicodedata
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.signals import FAMILIES, measure
from lakesift.text.signals.resources import Resources
from text.strange import HOSTILE, PIECES

LANGUAGE, LINES, CONTENT = "rpv2_natural_language@rpv2", "rpv2_lines@rpv2", "rpv2_content@rpv2"
BAD_WORDS, STOP_WORDS, URL = "rpv2_bad_words@rpv2", "rpv2_stop_words@rpv2", "rpv2_url@rpv2"
TERMINALS = (".", "!", "?", "”")
BULLETS = tuple("•‣▶◀◦■□▪▫–")
MORE = [
    "javascript",
    "java-script ",
    "”",
    "‣",
    "–",
    "½",
    "Ⅷ",
    "İ",
    "LOREM IP-SUM",
    "lorem\tipsum",
    "{",
    "ǅ",
    "가",
    "Σ",
    "_",
]
texts = st.lists(st.sampled_from(PIECES + MORE), max_size=40).map("".join)


def signals(name: str, text: str, **given_too: object) -> dict[str, float]:
    measured = measure(buffers_of(pa.array([text])), [name], **given_too)  # type: ignore[arg-type]
    row: dict[str, float] = measured[name].to_pylist()[0]
    return row


def normal(text: str) -> str:
    kept = text.translate(str.maketrans("", "", string.punctuation)).lower().strip()
    return unicodedata.normalize("NFD", re.sub(r"\s+", " ", kept))


def lines_of(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+$", text)


def plain_language(text: str) -> dict[str, float]:
    raw, words, lines = re.findall(r"\w+|[^\w\s]+", text), normal(text).split(), lines_of(text)
    values = dict.fromkeys(FAMILIES[LANGUAGE].columns, 0.0)
    values |= {"num_sentences": len(re.findall(r"\b[^.!?]+[.!?]*", text)), "word_count": len(words)}
    if raw:
        values["symbol_to_word_ratio"] = sum(map(text.count, ("#", "...", "…"))) / len(raw)
        values["frac_no_alph_words"] = sum(not re.search("[a-zA-Z]", word) for word in raw) / len(raw)
        values["frac_all_caps_words"] = sum(map(str.isupper, raw)) / len(raw)
    if lines:
        values["frac_lines_end_with_ellipsis"] = sum(x.rstrip().endswith(("...", "…")) for x in lines) / len(lines)
    if words:
        shares = [times / len(words) for times in Counter(words).values()]
        values["mean_word_length"] = sum(map(len, words)) / len(words)
        values["frac_unique_words"] = len(shares) / len(words)
        values["unigram_entropy"] = -sum(share * math.log(share) for share in shares)
    return values


def share(kind: str, line: str) -> float:
    return sum(map(str.isupper if kind == "upper" else str.isnumeric, line)) / len(line) if line else 0.0


def plain_lines(text: str) -> dict[str, float]:
    values = dict.fromkeys(FAMILIES[LINES].columns, 0.0)
    lines = lines_of(text)
    if not lines:
        return values
    words = [normal(line).split() for line in lines]
    ended = [line.rstrip().endswith(TERMINALS) for line in lines]
    items = [line.lstrip().startswith(BULLETS) for line in lines]
    scripts = [each.count("javascript") for each in words]
    return {
        "lines": len(lines),
        "num_words": sum(map(len, words)),
        "num_words_max": max(map(len, words)),
        "num_words_under_3_lines": sum(len(each) < 3 for each in words),
        "ending_with_terminal_punctution_mark": sum(ended) / len(lines),
        "ending_with_terminal_punctution_mark_words": sum(len(w) for w, yes in zip(words, ended, strict=True) if yes),
        "javascript_counts": sum(scripts),
        "javascript_counts_lines": sum(map(bool, scripts)),
        "numerical_chars_fraction": sum(share("numeric", normal(line)) for line in lines) / len(lines),
        "uppercase_letter_fraction": sum(share("upper", line) for line in lines) / len(lines),
        "start_with_bulletpoint": sum(items) / len(lines),
        "start_with_bulletpoint_words": sum(len(w) for w, yes in zip(words, items, strict=True) if yes),
    }


def plain_content(text: str) -> dict[str, float]:
    return {
        "curly_bracket": (text.count("{") + text.count("}")) / max(1, len(text)),
        "lorem_ipsum": normal(text).count("lorem ipsum") / max(1, len(normal(text))),
        "ccnet_length": len(text),
        "ccnet_nlines": len(text.split("\n")) if text else 0,
    }


def test_natural_language_of_a_small_text() -> None:
    row = signals(LANGUAGE, "The BIG dog's #1: the end...\nNo. 2 Big dogs…\n")
    assert row == {
        "num_sentences": 3,
        "word_count": 10,
        "mean_word_length": pytest.approx((3 + 3 + 4 + 1 + 3 + 3 + 2 + 1 + 3 + 5) / 10),
        "symbol_to_word_ratio": pytest.approx(3 / 17),
        "frac_lines_end_with_ellipsis": 1,
        "frac_no_alph_words": pytest.approx(8 / 17),  # ' # 1 : ... . 2 …
        "frac_unique_words": 0.8,
        "unigram_entropy": pytest.approx(0.4 * math.log(5) + 0.6 * math.log(10)),
        "frac_all_caps_words": pytest.approx(1 / 17),
    }


def test_lines_of_a_small_text() -> None:
    assert signals(LINES, "• Enable JavaScript, javascript!\n\nABCD 12\n– no\n") == {
        "lines": 4,
        "num_words": 8,
        "num_words_max": 4,
        "num_words_under_3_lines": 3,
        "ending_with_terminal_punctution_mark": 0.25,
        "ending_with_terminal_punctution_mark_words": 4,
        "javascript_counts": 2,
        "javascript_counts_lines": 1,
        "numerical_chars_fraction": pytest.approx(2 / 7 / 4),
        "uppercase_letter_fraction": pytest.approx((3 / 33 + 4 / 8) / 4),
        "start_with_bulletpoint": 0.5,
        "start_with_bulletpoint_words": 6,
    }


@settings(max_examples=300)
@given(texts)
def test_kernels_equal_plain_counting(text: str) -> None:
    assert signals(LANGUAGE, text) == pytest.approx(plain_language(text), rel=1e-9, abs=1e-12)
    assert signals(LINES, text) == pytest.approx(plain_lines(text), rel=1e-9)
    assert signals(CONTENT, text) == pytest.approx(plain_content(text), rel=1e-12)


def test_long_documents_equal_plain_counting() -> None:
    many = "\n".join(f"Line {at % 1500} of {at % 7} and {at % 333} MORE, said {at % 11}..." for at in range(4000))
    assert signals(LANGUAGE, many) == pytest.approx(plain_language(many), rel=1e-9)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("family", [LANGUAGE, LINES, CONTENT])
def test_hostile_texts_have_values(family: str, name: str) -> None:
    row = signals(family, HOSTILE[name])
    assert all(math.isfinite(value) and value >= 0 for value in row.values())
    assert all(value <= 1 for column, value in row.items() if "frac" in column)


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Resources:
    folder = tmp_path_factory.mktemp("lists")
    words, urls = folder / "words", folder / "urls"
    words.mkdir()
    (words / "en").write_text(
        "bad\nvery bad\nvery bad word\n\nsh-t\nBAD\nna\u00efve\nna\u0131ve\nbad\n", encoding="utf-8"
    )
    (words / "de").write_text("schlecht\n", encoding="utf-8")
    for category, domains in {"adult": "a.com\nb.com\n", "games": "b.com\nwww.c.com\n", "press": "d.com"}.items():
        (urls / category).mkdir(parents=True)
        (urls / category / "domains").write_text(domains, encoding="utf-8")
    (urls / "adult" / "urls").write_text("e.com/x\n", encoding="utf-8")
    return Resources(bad_words=words, stop_words=words, url_lists=urls)


def test_bad_words_are_runs_of_normalised_words_in_the_documents_language(lists: Resources) -> None:
    texts = [
        "Very BAD word, bad: very, bad. sh-t sht naïve",
        "schlecht bad",
        "schlecht",
        "",
        "very bad",
        "very bad w ord",
    ]
    languages = pa.array(["en", "de", "en", "en", "fr", "en"])
    measured = measure(buffers_of(pa.array(texts)), [BAD_WORDS], languages=languages, resources=lists)[BAD_WORDS]
    assert measured.field("ldnoobw_words").to_pylist() == [6, 1, 0, 0, 0, 2]


@settings(max_examples=100)
@given(
    text=st.lists(st.sampled_from(["bad", "very", "word", "Bad", "BAD,", "x", "naïve", "\n"]), max_size=30).map(
        " ".join
    )
)
def test_word_lists_equal_plain_counting(lists: Resources, text: str) -> None:
    assert lists.bad_words is not None
    entries = set(map(str.strip, (lists.bad_words / "en").read_text(encoding="utf-8").splitlines()))
    words, raw = normal(text).split(), re.findall(r"\w+|[^\w\s]+", text)
    runs = [" ".join(words[at : at + size]) for size in range(1, 4) for at in range(len(words) - size + 1)]
    english = pa.array(["en"])
    bad = signals(BAD_WORDS, text, languages=english, resources=lists)["ldnoobw_words"]
    stopped = signals(STOP_WORDS, text, languages=english, resources=lists)["stop_word_fraction"]
    assert bad == sum(run in entries for run in runs)
    assert stopped == pytest.approx(sum(word in entries for word in raw) / len(raw) if words else 0)


def test_a_domain_has_the_number_of_its_set_of_categories(lists: Resources) -> None:
    urls = ["http://a.com/x", "https://b.com", "http://www.c.com/", "http://c.com/", "http://e.com/x", "http://[", ""]
    measured = measure(buffers_of(pa.array([""] * len(urls))), [URL], pa.array(urls), resources=lists)[URL]
    # In order: (adult,), (adult, games), (games,), (press,).
    assert measured.field("ut1_blacklist").to_pylist() == [1, 2, 3, 0, 0, 0, 0]


def test_real_lists_are_read(shared_data: Path) -> None:
    lists = Resources(bad_words=shared_data / "lists" / "bad_words", url_lists=shared_data / "lists" / "ut1")
    url = pa.array(["http://0-casino.info/"])
    assert signals(URL, "", urls=url, resources=lists)["ut1_blacklist"] > 0
    assert signals(BAD_WORDS, "That is bullshit", languages=pa.array(["en"]), resources=lists)["ldnoobw_words"] == 1
