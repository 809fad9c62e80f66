"""Placeholders: what has to be found, what must stay, and plain patterns for each kind on any text."""

from __future__ import annotations

import ipaddress
import re
import time
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from lakesift.text.edits import EDITS
from lakesift.text.kernels.buffers import buffers_of
from text.edits.edited import edited
from text.real_text import real_texts
from text.strange import HOSTILE, texts

NAME = "pii@lakesift"
BEFORE, AFTER = r"(?<!\w)(?<!\w[.+-])", r"(?!\w)(?![.-][0-9])"
OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
IPV4 = re.compile(rf"{BEFORE}{OCTET}(?:\.{OCTET}){{3}}{AFTER}")
CARD = re.compile(
    rf"{BEFORE}(?:[0-9]{{13,19}}|[0-9]{{4}}(?:([ -])[0-9]{{4}}(?:\1[0-9]{{4}}){{2}}|([ -])[0-9]{{6}}\2[0-9]{{4,5}})){AFTER}"
)
PHONE = re.compile(
    rf"{BEFORE}(?:(?:1(?=([-.])[0-9]{{3}}\1).)?[2-9][0-9]{{2}}([-.])[2-9][0-9]{{2}}\2|\([2-9][0-9]{{2}}\) ?[2-9][0-9]{{2}}[-. ])[0-9]{{4}}{AFTER}"
)
PIECES = [
    "4111",
    "1111",
    "4111111111111111",
    "378282246310005",
    "3782 822463 10005",
    " ",
    " ",
    "-",
    ".",
    "(212)",
    "212",
    "555",
    "0123",
    "1",
]
PIECES += [
    "1.2.3.4",
    "8.8.8.8",
    "10.0.0.1",
    "255",
    "256",
    "0",
    "01",
    "x",
    "_",
    "é",
    "+",
    "v",
    "version ",
    "555-0123",
    "212-555-",
    "\n",
    "1-212-555-0123",
]
numbers = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def luhn(digits: str) -> bool:
    doubled = [int(d) * (1 + k % 2) for k, d in enumerate(reversed(digits))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def is_card(digits: str) -> bool:
    head, size = int(digits[:4]), len(digits)
    lengths: tuple[int, ...] = ()
    if digits[0] == "4":
        lengths = (13, 16, 19)
    elif 5100 <= head < 5600 or 2221 <= head <= 2720:
        lengths = (16,)
    elif digits[:2] in ("34", "37"):
        lengths = (15,)
    elif digits[:2] in ("36", "38") or 3000 <= head < 3060:
        lengths = (14,)
    elif head == 6011 or 6440 <= head < 6600 or digits[:2] == "62" or 3528 <= head < 3590:
        lengths = (16, 17, 18, 19)
    return size in lengths and len(set(digits)) > 1 and luhn(digits)


def plain_numbers(text: str) -> str:
    """Numbers replaced by patterns, tried in turn at each place."""
    seen: dict[str, dict[str, int]] = {"IPV4": {}, "CREDIT_CARD": {}, "PHONE": {}}
    pieces, at = [], 0
    while at < len(text):
        found, kind, value = None, "", ""
        if match := IPV4.match(text, at):
            found, kind, value = match, "IPV4", match[0]
        elif (match := CARD.match(text, at)) and is_card(re.sub("[^0-9]", "", match[0])):
            found, kind, value = match, "CREDIT_CARD", re.sub("[^0-9]", "", match[0])
        elif match := PHONE.match(text, at):
            found, kind, value = match, "PHONE", re.sub("[^0-9]", "", match[0])
        if found and kind == "IPV4":
            word = re.search(
                r"\b(?:v|ver|version|release|build|firmware)[.:]?\s*$", text[max(0, at - 16) : at], re.I | re.A
            )
            if word or not ipaddress.ip_address(value).is_global or ipaddress.ip_address(value).is_multicast:
                pieces.append(found[0])
                at, found = found.end(), None
                continue
        if found:
            pieces.append(f"<{kind}_{seen[kind].setdefault(value, len(seen[kind]) + 1)}>")
            at = found.end()
        else:
            pieces.append(text[at])
            at += 1
    return "".join(pieces)


@settings(max_examples=600)
@given(st.lists(numbers, max_size=3))
def test_numbers_are_those_of_the_patterns(each: list[str]) -> None:
    assume(not any(re.search(r"\+ ?[(0-9]", text) for text in each))
    assert edited(NAME, *each)[0] == [plain_numbers(text) for text in each]


LABEL = "[A-Za-zéÉ0-9](?:[A-Za-zéÉ0-9-]*[A-Za-zéÉ0-9])?"
EMAIL = re.compile(rf"(?<![\w.%+'-])[\wéÉ](?:[\w%+'-]|\.(?!\.))*(?<!\.)@(?:{LABEL}\.)+[A-Za-zéÉ]{{2,}}(?!\w)", re.A)
mail_text = st.lists(
    st.sampled_from(
        ["@", "@", "a", "b.c", "..", ".", "-", "x.org", "com", "+", "'", " ", "日", "é", "É.de", ".png", "/", "_", "%"]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=500)
@given(mail_text)
def test_every_plain_address_is_found(text: str) -> None:
    assume("png" not in text)
    (after,), (counts,) = edited(NAME, text)
    found = EMAIL.findall(text)
    # The pattern cannot say that an address begins in the middle of what is no address, so more may be found than it says.
    assert counts["emails"] >= len(found)
    assert not any(address in after.replace("<EMAIL_", "") for address in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Mail John.Smith@Example.co.uk or john.smith@example.co.uk, not Jane@x.org.",
            "Mail <EMAIL_1> or <EMAIL_1>, not <EMAIL_2>.",
        ),
        ("mailto:a+b@c-d.de; 'x_y@z.museum'", "mailto:<EMAIL_1>; '<EMAIL_2>'"),
        ("müller@bücher.de 联系:foo@bar.cn。", "<EMAIL_1> 联系:<EMAIL_2>。"),
        ("メールa@x.org日", "メール<EMAIL_1>日"),
        ("a@b.com@c.de", "<EMAIL_1>@c.de"),
        ("ping 8.8.8.8, 1.1.1.1 and 8.8.8.8.", "ping <IPV4_1>, <IPV4_2> and <IPV4_1>."),
        ("http://8.8.8.8:80/x", "http://<IPV4_1>:80/x"),
        ("at 2001:4860:4860::8888 or 2001:4860:4860:0:0:0:0:8888.", "at <IPV6_1> or <IPV6_1>."),
        ("[2a00:1450:4001:830::200e]:443", "[<IPV6_1>]:443"),
        (
            "pay 4111 1111 1111 1111, 4111-1111-1111-1111 or 378282246310005",
            "pay <CREDIT_CARD_1>, <CREDIT_CARD_1> or <CREDIT_CARD_2>",
        ),
        ("3782 822463 10005; 5555555555554444.", "<CREDIT_CARD_1>; <CREDIT_CARD_2>."),
        ("call (212) 555-0123 or 212-555-0123 or 1-800-555-0199.", "call <PHONE_1> or <PHONE_1> or <PHONE_2>."),
        (
            "tel. +44 20 7946 0958, +49 (0)30 901820, +1 212 555 0123 5 times",
            "tel. <PHONE_1>, <PHONE_2>, <PHONE_3> 5 times",
        ),
        ("+14155550123!", "<PHONE_1>!"),
        ("id AKIAIOSFODNN7EXAMPLE here", "id <KEY_1> here"),
        ("ghp_" + "a1B2" * 9 + " xoxb-123456789012-abcDEF", "<KEY_1> <KEY_2>"),
        ("key=AIzaSyA1234567890abcdefghijklmnopqrstu_;", "key=<KEY_1>;"),
        ("sk-proj-Abcdefghijklmnop1234 glpat-abcdefghij1234567890", "<KEY_1> <KEY_2>"),
        ("github_pat_" + "a" * 82 + " sk_live_" + "a1" * 12, "<KEY_1> <KEY_2>"),
        ("x\n-----BEGIN RSA PRIVATE KEY-----\nMIIE+/=\nabc\n-----END RSA PRIVATE KEY-----\ny", "x\n<KEY_1>\ny"),
        ("-----BEGIN PRIVATE KEY----- …", "<KEY_1> …"),
    ],
)
def test_finds(text: str, expected: str) -> None:
    assert edited(NAME, text)[0] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "version 1.2.3.4",
            "v1.2.3.4",
            "Release: 8.8.8.8",
            "1.2.3",
            "1.2.3.4.5",
            "256.8.8.8",
            "8.8.8.256",
            "08.8.8.8",
            "8.8.8.8a",
        ),
        *("10.0.0.1", "192.168.1.1", "127.0.0.1", "169.254.0.1", "224.0.0.1", "1.2.3.4-5", "x8.8.8.8"),
        *("std::vector", "12:30:45", "dead::beef", "fe80::1", "::1", "2001:db8::1", "2023:01:02", "10:20:30:40:50:60"),
        *(
            "4111 1111 1111 1112",
            "4111111111111112",
            "0000000000000000",
            "1234567890123456",
            "978-3-16-148410-0",
            "41111111111111111",
        ),
        *(
            "123-456-7890",
            "212-155-0123",
            "2020-01-02",
            "212-555-01234",
            "212-555.0123",
            "200 300 4000",
            "1,212-555-0123x",
            "12-212-555-0123",
        ),
        *("+10", "+0123456789", "2+3456789", "C++11 2003", "+1 000", "+123456789"),
        *(
            "@handle",
            "a@b",
            "a@2x.png",
            "icon@3x.jpg",
            "a @ b.com",
            "a@.com",
            "a.@b.com",
            "x" * 65 + "@b.com",
            "user@localhost",
        ),
        *(
            "AKIA",
            "AKIAIOSFODNN7EXAMPL",
            "AKIAIOSFODNN7EXAMPLEX",
            "XAKIAIOSFODNN7EXAMPLE",
            "ghp_short",
            "task-management-For-Developers-1",
        ),
        *(
            "sk-this-is-only-a-long-name-in-css",
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN PUBLIC KEY-----",
            "xoxo-hugs-and-kisses",
        ),
    ],
)
def test_leaves(text: str) -> None:
    after, (counts,) = edited(NAME, text)
    assert after == [text]
    assert not any(counts.values())


@settings(max_examples=300)
@given(st.from_regex(r"[345][0-9]{12,18}", fullmatch=True))
def test_a_number_that_fails_luhn_stays(digits: str) -> None:
    (after,), _ = edited(NAME, f"no {digits}!")
    assert after == ("no <CREDIT_CARD_1>!" if is_card(digits) else f"no {digits}!")


@settings(max_examples=300)
@given(st.lists(st.integers(0, 400), min_size=2, max_size=6))
def test_only_four_octets_are_an_address(values: list[int]) -> None:
    text = ".".join(map(str, values))
    (after,), (counts,) = edited(NAME, text)
    is_address = len(values) == 4 and max(values) <= 255 and ipaddress.ip_address(text).is_global and values[0] < 224
    assert counts["ipv4"] == is_address or values[0] >= 224
    assert (after == text) == (counts["ipv4"] == 0)


@settings(max_examples=400)
@given(st.lists(st.one_of(texts, numbers, mail_text), max_size=4).map(" ".join))
@example("4111111111111111+1.2.3.4")
def test_a_second_time_changes_nothing(text: str) -> None:
    (once,), _ = edited(NAME, text)
    assert edited(NAME, once)[0] == [once]


def test_numbers_begin_anew_in_each_document() -> None:
    after, counts = edited(NAME, "a@b.org c@d.org", "nothing", "c@d.org")
    assert after == ["<EMAIL_1> <EMAIL_2>", "nothing", "<EMAIL_1>"]
    assert [count["emails"] for count in counts] == [2, 0, 1]


def test_texts_that_stay_are_the_same_buffers_and_broken_bytes_survive() -> None:
    buffers = buffers_of(pa.array(["a@b.org", "plain 1.2.3", ""]).slice(1))
    assert EDITS[NAME].apply(buffers)[0] is buffers
    broken = b"\xff a@b.org\xc3"
    array = pa.StringArray.from_buffers(1, pa.array([0, len(broken)], pa.int32()).buffers()[1], pa.py_buffer(broken))
    assert EDITS[NAME].apply(buffers_of(array))[0].data.tobytes() == b"\xff <EMAIL_1>\xc3"


def test_real_pages_lose_little_else(shared_data: Path) -> None:
    each = real_texts(shared_data)
    after, counts = edited(NAME, *each)
    replaced = sum(sum(count.values()) for count in counts)
    assert 0 < replaced < len(each)
    assert sum(map(len, each)) - sum(map(len, after)) < 40 * replaced


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts_are_edited(hostile: str) -> None:
    edited(NAME, HOSTILE[hostile])


UNITS = [
    "a@",
    "a.",
    "1.",
    "1-",
    "+1",
    "2001:",
    ":",
    "(212) ",
    "sk-",
    "_",
    "I",
    "-----BEGIN PRIVATE KEY-----",
    "-",
    "4111 ",
    "a@b.co ",
    "a@b.",
]


@pytest.mark.parametrize("unit", UNITS)
def test_hostile_text_takes_no_quadratic_time(unit: str) -> None:
    # Well under a second where time is in proportion to length, many minutes where it grows with the square of it.
    text, start = unit * (500_000 // len(unit)), time.process_time()
    edited(NAME, text)
    assert time.process_time() - start < 30
