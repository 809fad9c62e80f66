"""Word segments of Unicode Standard Annex 29, its rules as regular expressions over one letter per character."""

from __future__ import annotations

import regex

LETTERS = {
    "C": "CR",
    "L": "LF",
    "N": "Newline",
    "Z": "ZWJ",
    "W": "WSegSpace",
    "R": "Regional_Indicator",
    "K": "Katakana",
    "H": "Hebrew_Letter",
    "A": "ALetter",
    "q": "Single_Quote",
    "d": "Double_Quote",
    "b": "MidNumLet",
    "l": "MidLetter",
    "n": "MidNum",
    "0": "Numeric",
    "_": "ExtendNumLet",
}


def pairs(*rules: tuple[str, str]) -> regex.Pattern[str]:
    return regex.compile("|".join(f"(?<={before})(?={after})" for before, after in rules))


DIRECT = pairs(("C", "L"), ("Z", "[Pp]"), ("W", "W"), ("[^CLN]", "[EZ]"))  # WB3, WB3c, WB3d, WB4
SKIPPING = pairs(
    ("[AHp0]", "[AHp0]"),  # WB5, WB8 to WB10
    ("[AHp]", "[lbq][AHp]"),  # WB6
    ("[AHp][lbq]", "[AHp]"),  # WB7
    ("H", "q"),  # WB7a
    ("H", "dH"),  # WB7b
    ("Hd", "H"),  # WB7c
    ("0[nbq]", "0"),  # WB11
    ("0", "[nbq]0"),  # WB12
    ("K", "K"),  # WB13
    ("[AHp0K_]", "_"),  # WB13a
    ("_", "[AHp0K]"),  # WB13b
    ("(?:^|[^R])(?:RR)*R", "R"),  # WB15, WB16
)


def letter_of(character: str) -> str:
    if regex.match(r"[\p{WB=Extend}\p{WB=Format}]", character):
        return "E"
    letter = next((each for each, value in LETTERS.items() if regex.match(rf"\p{{WB={value}}}", character)), "O")
    return {"A": "p", "O": "P"}.get(letter, letter) if regex.match(r"\p{ExtPict}", character) else letter


def segments_of(text: str) -> list[str]:
    letter = {character: letter_of(character) for character in set(text)}
    letters = "".join(letter[character] for character in text)
    inside = {match.start() for match in DIRECT.finditer(letters)}
    # The other rules do not see the characters that WB4 has joined.
    seen = [at for at, each in enumerate(letters) if not (each in "EZ" and at in inside)]
    inside |= {seen[match.start()] for match in SKIPPING.finditer("".join(letters[at] for at in seen))}
    ends = [at for at in range(1, len(text) + 1) if at not in inside]
    return [text[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]
