"""Texts that break text kernels, and strategies that make more of them."""

from __future__ import annotations

from hypothesis import strategies as st

PIECES = [
    *"abXYZ019 ..,,;:!?'\"()-–—…/\\@#$%^&*+=<>[]{}|~_\n\t ’‘“”«»°²³µ€£éüßñЖжяاب中文字。、！？😀©®\u00a0\u200b\u0301\u3000\x00",
    *("...", "--", "---", "——", "……", "http://", "www.", "example.com", "user@", "can't", "don't", "'s", "’s", "I'ma"),
    *("km", "5km", "US$", "C$", "a.m.", "10am", "e.g.", "U.S.", "Ph.D.", ":)", ":-(", ":((", "8)", "(^_^)", "><(((*>"),
    *(
        "o.O",
        "and/or",
        "w/o",
        "°C.",
        "cannot",
        "gonna",
        "im",
        "id",
        "m/s",
        "1.2.3.4",
        "192.168.0.1",
        ":8080",
        "/path",
        "?q=1",
    ),
    *("ä.", "the", "of", "  ", "\n\n", "\r\n", "\x1c", "\x85", "\u2028", "lorem ipsum", "JavaScript", "use cookies"),
    *("[12]", "[edit]", "[citation needed]", "Terms of Use", ". ", "The end.", "x" * 1001),
]
texts = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
"""Words, marks and white space in any order."""
echoes = st.lists(st.sampled_from(["a", "aa", "b", "ab", "ba", ".", "..", "-", "\n", "\n\n", " "]), max_size=80).map(
    " ".join
)
"""Few different words, so that everything repeats."""
HOSTILE = {
    "empty": "",
    "one character": "a",
    "only punctuation": "!?.," * 1000,
    "only digits": "0123456789" * 1000,
    "a million empty lines": "\n" * 1_000_000,
    "NULs": "\x00" * 5000 + " \x00 a\x00b",
    "right to left": "مرحبا بالعالم. שלום עולם! " * 200,
    "emoji sequences": "👩‍👩‍👧‍👦🏳️‍🌈🇫🇮 " * 500,
    "combining marks": "e" + "\u0301" * 20_000,
    "brackets": "(" * 20_000 + ")" * 20_000,
    "opening citations": "[1" * 20_000,
    "at signs": "a@" * 20_000,
    "labels": "a." * 20_000,
    "smileys": ":)" * 20_000,
    "units": "5km²" * 10_000,
    "white space": " \t\u2003" * 10_000,
}
