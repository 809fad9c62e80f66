"""PII: our own search against one pass of the whole patterns, as datatrove's formatter makes it."""

from __future__ import annotations

import ipaddress
import re
import time

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.edits.pii import (
    EMAIL_REPLACEMENTS,
    IPV4,
    IPV4_REPLACEMENTS,
    LABEL,
    LITERAL,
    LOCAL,
    PII_DATATROVE,
    replace_emails,
    replace_ipv4,
)
from lakesift.text.kernels.buffers import array_of, buffers_of

EMAIL = re.compile(rf"\b[{LOCAL}]+(?:\.[{LOCAL}]+)*@(?:(?:{LABEL}\.)+{LABEL}|{LITERAL})")
PIECES = (
    *(
        "@",
        "@",
        "a",
        "b.c",
        "..",
        ".",
        "-",
        "1",
        "255",
        "256",
        "192.168.1.1",
        "8.8.8.8",
        "1.2.3.4.5",
        "[",
        "]",
        ":",
        " ",
    ),
    *("\n", "é", "Mail", "x.org", "com", "!", "'", "~", "[1.2.3.4]", "[1.2.3.a:]", "0", "01", "_", "\u0660", "日本"),
)
TEXTS = st.lists(st.lists(st.sampled_from(PIECES), max_size=16).map("".join), max_size=6)


def plainly_edited(text: str) -> str:
    emails, addresses = 0, 0

    def other_email(found: re.Match[str]) -> str:
        nonlocal emails
        emails += 1
        return EMAIL_REPLACEMENTS[(emails - 1) % 2]

    def other_address(found: re.Match[str]) -> str:
        nonlocal addresses
        try:
            if not ipaddress.ip_address(found[0]).is_global:
                return found[0]
        except ValueError:
            return found[0]
        addresses += 1
        return IPV4_REPLACEMENTS[(addresses - 1) % 6]

    return IPV4.sub(other_address, EMAIL.sub(other_email, text))


def edited(texts: list[str]) -> tuple[list[str], list[dict[str, int]]]:
    buffers, counts = PII_DATATROVE.apply(buffers_of(pa.array(texts, pa.string())))
    return array_of(buffers).to_pylist(), counts.to_pylist()


@settings(max_examples=500)
@given(TEXTS)
def test_the_edit_is_that_of_the_whole_patterns(texts: list[str]) -> None:
    assert edited(texts)[0] == [plainly_edited(text) for text in texts]


def test_replacements_take_turns_from_the_first_in_each_document() -> None:
    three = "a@b.org, c.d@e.f.net; x@y.de"
    texts, counts = edited([three, "nothing here", three, "ping 8.8.8.8 or 1.1.1.1, not 10.0.0.1 or 999.8.8.8"])
    assert texts[0] == texts[2] == "email@example.com, firstname.lastname@example.org; email@example.com"
    assert texts[1] == "nothing here"
    assert texts[3].startswith("ping 22.214.171.124 or 126.96.36.199, not 10.0.0.1 or ")
    assert [count["emails"] for count in counts] == [3, 0, 3, 0]
    assert [count["ipv4"] for count in counts][:3] == [0, 0, 0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail <john.smith@example.co.uk>.", "mail <email@example.com>."),
        ("a..b@c.de", "a..email@example.com"),
        (".a@b.c", ".email@example.com"),
        ("éa@b.cd ", "éa@b.cd "),
        ("user@localhost", "user@localhost"),
        ("a.@b.cd", "a.@b.cd"),
        ("me@[10.20.30.40]", "email@example.com"),
    ],
)
def test_what_counts_as_an_email_address(text: str, expected: str) -> None:
    assert replace_emails(text)[0] == expected == plainly_edited(text)


@pytest.mark.parametrize("kept", ["127.0.0.1", "192.168.0.7", "169.254.1.1", "08.8.8.8", "1.2.3"])
def test_addresses_that_are_not_public_stay(kept: str) -> None:
    assert replace_ipv4(f"at {kept} since") == (f"at {kept} since", 0)


def test_texts_without_addresses_are_handed_on_as_they_are() -> None:
    buffers = buffers_of(pa.array(["1.2.3 no", "", "v 1.22.333"]))
    assert PII_DATATROVE.apply(buffers)[0] is buffers


def test_slices_and_bytes_that_are_not_utf8_survive() -> None:
    texts = pa.array(["left@out.org", "keep a@b.cd", "plain", "e@f.gh"]).slice(1, 2)
    assert array_of(PII_DATATROVE.apply(buffers_of(texts))[0]).to_pylist() == ["keep email@example.com", "plain"]
    broken = b"\xff a@b.cd \xc3"
    array = pa.StringArray.from_buffers(1, pa.array([0, len(broken)], pa.int32()).buffers()[1], pa.py_buffer(broken))
    found = PII_DATATROVE.apply(buffers_of(array))[0]
    assert found.data.tobytes() == b"\xff email@example.com \xc3"


@pytest.mark.parametrize("unit", ["a-", "a.", "@ ", "a@", "a@b.", "-a@", "1.", "1.1.1.1@"])
def test_hostile_text_takes_no_quadratic_time(unit: str) -> None:
    # Well under a second where time is in proportion to length, many minutes where it grows with the square of it.
    text, start = unit * (200_000 // len(unit)) + "@", time.process_time()
    replace_ipv4(replace_emails(text)[0])
    assert time.process_time() - start < 30


def test_the_columns_are_those_announced() -> None:
    counts = PII_DATATROVE.apply(buffers_of(pa.array(["a"])))[1]
    assert {field.name: field.type for field in counts.type} == PII_DATATROVE.columns
