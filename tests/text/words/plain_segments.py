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
STAYS = regex.compile(
    "|".join(
        f"(?<={before.replace(' ', '[EZ]*')})(?={after.replace(' ', '[EZ]*')})"
        for before, after in (
            ("C", "L"),  # WB3
            ("Z", "[Pp]"),  # WB3c
            ("W", "W"),  # WB3d
            ("[^CLN]", "[EZ]"),  # WB4
            ("[AHp0] ", "[AHp0]"),  # WB5, WB8 to WB10
            ("[AHp] ", "[lbq] [AHp]"),  # WB6
            ("[AHp] [lbq] ", "[AHp]"),  # WB7
            ("H ", "q"),  # WB7a
            ("H ", "d H"),  # WB7b
            ("H d ", "H"),  # WB7c
            ("0 [nbq] ", "0"),  # WB11
            ("0 ", "[nbq] 0"),  # WB12
            ("K ", "K"),  # WB13
            ("[AHp0K_] ", "_"),  # WB13a
            ("_ ", "[AHp0K]"),  # WB13b
            ("(?:^|[^REZ]) (?:R R )*R ", "R"),  # WB15, WB16
        )
    )
)


def letter_of(character: str) -> str:
    if regex.match(r"[\p{WB=Extend}\p{WB=Format}]", character):
        return "E"
    letter = next((each for each, value in LETTERS.items() if regex.match(rf"\p{{WB={value}}}", character)), "O")
    return {"A": "p", "O": "P"}.get(letter, letter) if regex.match(r"\p{ExtPict}", character) else letter


def segments_of(text: str) -> list[str]:
    letters = {character: letter_of(character) for character in set(text)}
    inside = {match.start() for match in STAYS.finditer("".join(map(letters.get, text)))}  # type: ignore[arg-type]
    ends = [at for at in range(1, len(text) + 1) if at not in inside]
    return [text[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]
