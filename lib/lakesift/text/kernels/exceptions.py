"""Words that spaCy 3.8's English splitting treats by list.

These are contractions, abbreviations, times, emoticons, and units.

Source: the lists of `spacy/lang/en/tokenizer_exceptions.py`, `spacy/lang/tokenizer_exceptions.py` and the units of
`spacy/lang/char_classes.py`, restated as the systematic sets that they are.
"""

from __future__ import annotations

from collections.abc import Iterator

# A host and the endings it takes; "|" separates the pieces of an ending.
CONTRACTIONS = (
    ("i", "m m|a ll ll|ve d d|ve ve"),
    ("you we they", "ll ll|ve d d|ve ve re"),
    ("he she it", "ll ll|ve d d|ve s"),
    ("who what when where why how there", "s ll ll|ve re ve d d|ve"),
    ("that", "s ll ll|ve d d|ve"),
    ("this", "s ll ll|ve d d|ve"),
    ("these those", "ll ll|ve re ve d d|ve"),
)
NEGATED = "ca could do does did had may might must need ought sha should wo would"
ONLY_NEGATED = "ai are is was were have has dare"
HAVING = "could might must should would"
WORDS_OF_THEIR_OWN = [
    "Ill",
    "ill",
    "Its",
    "its",
    "Hell",
    "hell",
    "Shell",
    "shell",
    "Shed",
    "shed",
    "were",
    "Were",
    "Well",
    "well",
    "Whore",
    "whore",
]
CLIPPED = "doin goin nothin nuthin ol somethin lovin havin"
LEADING_APOSTROPHE_OPTIONAL = "em ll nuff"
OTHER_SPLITS = (
    "y'|all y|all how|'d|'y How|'d|'y not|'ve not|ve Not|'ve Not|ve can|not Can|not gon|na Gon|na got|ta Got|ta let|'s"
    " Let|'s c'm|on C'm|on"
)
WHOLE = (
    "'S 's ‘S ‘s and/or w/o 're 'Cause 'cause 'cos 'Cos 'coz 'Coz 'cuz 'Cuz 'bout ma'am Ma'am o'clock O'clock 'd Mt."
    " Ak. Ala. Apr. Ariz. Ark. Aug. Calif. Colo. Conn. Dec. Del. Feb. Fla. Ga. Ia. Id. Ill. Ind. Jan. Jul. Jun. Kan."
    " Kans. Ky. La. Mar. Mass. Mich. Minn. Miss. N.C. N.D. N.H. N.J. N.M. N.Y. Neb. Nebr. Nev. Nov. Oct. Okla. Ore. Pa."
    " S.C. Sep. Sept. Tenn. Va. Wash. Wis. a.m. Adm. Bros. co. Co. Corp. D.C. Dr. e.g. E.g. E.G. Gen. Gov. i.e. I.e."
    " I.E. Inc. Jr. Ltd. Md. Messrs. Mo. Mont. Mr. Mrs. Ms. p.m. Ph.D. Prof. Rep. Rev. Sen. St. vs. v.s. \\t \\n — '"
    " \\\") <space> '' C++ ä. ö. ü."
)
EMOTICONS = (
    ":) :-) :)) :-)) :))) :-))) (: (-: =) (= :] :-] [: [-: [= =] :o) (o: :} :-} 8) 8-) (-8 ;) ;-) (; (-; :( :-( :(("
    " :-(( :((( :-((( ): )-: =( >:( :') :'-) :'( :'-( :/ :-/ =/ =| :| :-| ]= =[ :1 :P :-P :p :-p :O :-O :o :-o :0"
    " :-0 :() >:o :* :-* :3 :-3 =3 :> :-> :X :-X :x :-x :D :-D ;D ;-D =D xD XD xDD XDD 8D 8-D ^_^ ^__^ ^___^ >.< >.>"
    " <.< ._. ;_; -_- -__- v.v V.V v_v V_V o_o o_O O_o O_O 0_o o_0 0_0 o.O O.o O.O o.o 0.0 o.0 0.o @_@ <3 <33 <333 </3"
    " (^_^) (-_-) (._.) (>_<) (*_*) (¬_¬) ಠ_ಠ ಠ︵ಠ (ಠ_ಠ) ¯\\(ツ)/¯ (╯°□°）╯︵┻━┻ ><(((*>"
)
# A missing comma in the source glues two units together; they are listed here as the rule has them.
UNITS = [
    "km",
    "km²",
    "km³",
    "m",
    "m²",
    "m³",
    "dm",
    "dm²",
    "dm³",
    "cm",
    "cm²",
    "cm³",
    "mm",
    "mm²",
    "mm³",
    "ha",
    "µm",
    "nm",
    "yd",
    "in",
    "ft",
    "kg",
    "g",
    "mg",
    "µg",
    "t",
    "lb",
    "oz",
    "m/s",
    "km/h",
    "kmh",
    "mph",
    "hPa",
    "Pa",
    "mbar",
    "mb",
    "MB",
    "kb",
    "KB",
    "gb",
    "GB",
    "tb",
    "TB",
    "T",
    "G",
    "M",
    "K",
    "%",
    "км",
    "км²",
    "км³",
    "м",
    "м²",
    "м³",
    "дм",
    "дм²",
    "дм³",
    "см",
    "см²",
    "см³",
    "мм",
    "мм²",
    "мм³",
    "нм",
    "кг",
    "г",
    "мг",
    "м/с",
    "км/ч",
    "кПа",
    "Па",
    "мбар",
    "Кб",
    "КБ",
    "кб",
    "Мб",
    "МБ",
    "мб",
    "Гб",
    "ГБ",
    "гб",
    "Тб",
    "ТБ",
    "тбكم",
    "كم²",
    "كم³",
    "م",
    "م²",
    "م³",
    "سم",
    "سم²",
    "سم³",
    "مم",
    "مم²",
    "مم³",
    "كم",
    "غرام",
    "جرام",
    "جم",
    "كغ",
    "ملغ",
    "كوب",
    "اكواب",
]


def english_exceptions() -> dict[str, tuple[str, ...]]:
    """Return the tokens of each listed word; joined, they are the word."""
    spelled = {"".join(pieces): pieces for pieces in _spelled()}
    for word in WORDS_OF_THEIR_OWN:
        spelled.pop(word, None)
    curled = (tuple(piece.replace("'", "’") for piece in pieces) for pieces in spelled.values())
    return spelled | {"".join(pieces): pieces for pieces in curled}


def _spelled() -> Iterator[tuple[str, ...]]:
    for whole in (*WHOLE.split(), *EMOTICONS.split(), *(f"{letter}." for letter in "abcdefghijklmnopqrstuvwxyz")):
        yield (whole,)
    for pieces in OTHER_SPLITS.split():
        yield tuple(pieces.split("|"))
    for hosts, endings in CONTRACTIONS:
        for host in _both_cases(hosts):
            for ending in endings.split():
                first, *rest = ending.split("|")
                # In "I'ma" the second piece has no apostrophe of its own.
                yield host, "'" + first, *(piece if piece == "a" else "'" + piece for piece in rest)
                yield host, first, *rest
    for verb in _both_cases(NEGATED):
        yield from ((verb, "n't"), (verb, "nt"), (verb, "n't", "'ve"), (verb, "nt", "ve"))
    for verb in _both_cases(ONLY_NEGATED):
        yield from ((verb, "n't"), (verb, "nt"))
    for verb in _both_cases(HAVING):
        yield from ((verb, "'ve"), (verb, "ve"))
    for word in _both_cases(CLIPPED):
        yield from ((word,), (word + "'",))
    for word in LEADING_APOSTROPHE_OPTIONAL.split():
        yield from ((word,), ("'" + word,))
    for hour in range(1, 13):
        yield from ((str(hour), half) for half in ("a.m.", "am", "p.m.", "pm"))
    for degree in "cfkCFK":
        yield "°", degree, "."


def _both_cases(words: str) -> list[str]:
    return [form for word in words.split() for form in (word, word.title())]
