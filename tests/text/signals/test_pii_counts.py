"""Dolma's counts of personal addresses: figures by hand, the source's regular expressions, hostile texts."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.signals import measure
from text.strange import HOSTILE, PIECES

NAME = "pii_counts@dolma"
EMAIL = re.compile(r"[.\s@,?!;:)(]*([^\s@]+@[^\s@,?!;:)(]+?)[.\s@,?!;:)(]?[\s\n\r]")
PHONE = re.compile(r"\s+\(?(\d{3})\)?[-\. ]*(\d{3})[-. ]?(\d{4})")
NUMBER = r"(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)"
IPV4 = re.compile(rf"(?:{NUMBER}\.){{3}}{NUMBER}")
MORE = [
    *"@@@((..,, \n\t256789",
    "a@b.c",
    "é@ü.fi",
    "(@a.b",
    "123",
    "456",
    "7890",
    " 555-123",
    "4567",
    " (212) ",
    "1.2.3.4",
    "299.",
]
short = st.lists(st.sampled_from(MORE + PIECES), max_size=40).map("".join)
dense = st.text("a@. (,\n\u2003é", max_size=40)
digits = st.text(" 1259.(-)\n٣", max_size=60)


def signals(text: str) -> dict[str, int]:
    row: dict[str, int] = measure(buffers_of(pa.array([text])), [NAME])[NAME].to_pylist()[0]
    return row


def is_email(found: re.Match[str]) -> bool:
    local, domain = found.group(1).split("@", 1)
    return local.strip() != "(" and "." in domain


def plain(text: str) -> dict[str, int]:
    lines = re.findall(r"[^\n]*\n|[^\n]+$", text)
    counts = {
        "email_address": sum(is_email(found) for line in lines for found in EMAIL.finditer(line)),
        "phone_number": sum(len(PHONE.findall(line)) for line in lines),
        "ip_address": sum(len(IPV4.findall(line)) for line in lines),
    }
    return {"doc_count": sum(counts.values()), **counts}


def test_addresses_of_a_small_text() -> None:
    text = "Write to me@example.com, or (you@b.org) and (me@c.org). Call (212) 555-1234 or 2125551234\n555 123 4567 at 10.0.0.1:80 a@b\n"
    assert signals(text) == {"doc_count": 5, "email_address": 2, "phone_number": 2, "ip_address": 1}


@settings(max_examples=500)
@given(st.one_of(short, dense, digits))
def test_kernels_find_what_the_expressions_find(text: str) -> None:
    assert signals(text) == plain(text)


def test_ten_thousand_question_marks_and_more_are_too_many() -> None:
    assert signals("a@b.c " + "?" * 10_000)["doc_count"] == 1
    assert signals("a@b.c " + "?" * 10_001)["doc_count"] == 0


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_have_values(name: str) -> None:
    assert all(0 <= value <= len(HOSTILE[name]) for value in signals(HOSTILE[name]).values())
