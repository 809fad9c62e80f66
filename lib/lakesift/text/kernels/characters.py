"""The properties of each code point that tokens and signals read, as one table.

The table of bits is made once per process.

Sources: the code point sets of spaCy 3.8 (`spacy/lang/char_classes.py`, `spacy/lang/punctuation.py`,
`spacy/pipeline/sentencizer.pyx`), those of datatrove 0.10.1 (`src/datatrove/utils/text.py`), and Python's
`unicodedata`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.kept_tables import kept

CODE_POINTS = 0x110000

# The first four bits are also the flags of a token (tokens.py).
LETTER = 1  # str.isalpha
SYMBOL = 2  # in datatrove's PUNCTUATION_SET
PUNCTUATION = 4  # general category P*
SENTENCE_END = 8  # spaCy's sentencizer ends a sentence here
SPACE = 16  # str.isspace
INERT = 32  # takes part in no splitting rule
ALPHA = 64  # spaCy's ALPHA, ALPHA_LOWER, ALPHA_UPPER; scripts without case are in all three
LOWER = 128
UPPER = 256
QUOTE = 512
ICON = 1024
PREFIX = 2048  # split off alone at the start of a word
SUFFIX = 4096  # split off alone at the end of a word
BEFORE_DOT = 8192  # a final "." is split off after this
CURRENCY = 1 << 14
HOST = 1 << 15  # may be in the label of a host name
DECIMAL = 1 << 16  # \d
WORD = 1 << 17  # \w
TERMINAL = 1 << 18  # in datatrove's TERMINAL_PUNCTUATION
LINE_END = 1 << 19  # str.splitlines ends a line here

SENTENCE_ENDS = (
    "21 2e 3f 589 61f 6d4 700-702 7f9 964-965 104a-104b 1362 1367-1368 166e 1735-1736 1803 1809 1944-1945 1aa8-1aab"
    " 1b5a-1b5b 1b5e-1b5f 1c3b-1c3c 1c7e-1c7f 203c-203d 2047-2049 2e2e 2e3c 3002 a4ff a60e-a60f a6f3 a6f7 a876-a877"
    " a8ce-a8cf a92f a9c8-a9c9 aa5d-aa5f aaf0-aaf1 abeb fe52 fe56-fe57 ff01 ff0e ff1f ff61 10a56-10a57 11047-11048"
    " 110be-110c1 11141-11143 111c5-111c6 111cd 111de-111df 11238-11239 1123b-1123c 112a9 1144b-1144c 115c2-115c3"
    " 115c9-115d7 11641-11642 1173c-1173e 11a42-11a43 11a9b-11a9c 11c41-11c42 16a6e-16a6f 16af5 16b37-16b38 16b44"
    " 1bc9f 1da88"
)
OTHER_TERMINALS = (
    "61d-61e 837 839 83d-83e 17d4-17d6 17d9-17da 1b7d-1b7e 2e53-2e54 10f55-10f59 10f86-10f89 11944 11946 11ef7-11ef8"
    " 11f43-11f44 16e98"
)
OTHER_SYMBOLS = (
    "0-8 b-1f 22-2d 2f 3a-3e 40 5b-60 7b-9f ab b4 bb 2013-2014 2019 201c-201e 2026 2236 2501 25ba 3001 3008-300d"
    " 3010-3011 ff05 ff08-ff09 ff0c ff11 ff1a-ff1b ff5e"
)
LATIN = (
    "41-5a 61-7a c0-d6 d8-f6 f8-1bf 1c4-2af 1d00-1d25 1d6b-1d77 1d79-1d9a 1e00-1eff 2c60-2c7b 2c7e-2c7f a722-a76f"
    " a771-a787 a78b-a78e a790-a7b9 a7fa ab30-ab5a ab60-ab64 ff21-ff3a ff41-ff5a"
)
OTHER_LOWER = "294 3ac-3af 3b1-3c9 3cc-3ce 430-451 453-45a 45c-45d 491 497 4a3 4af 4bb 4d9 4e9"
OTHER_UPPER = "386 388-38a 38c 38e-38f 391-3a9 400-401 403-40a 40c-40d 410-42f 490 496 4a2 4ae 4ba 4d8 4e8"
UNCASED = (
    "591-5f4 620-64a 66e-6d5 6e5-6ff 750-77f 8a0-8bd 900-9ff b80-cff d80-dff 1100-137f 2e80-2fdf 2ff0-30ff 31c0-31ef"
    " 3200-4dbf 4e00-9fff ac00-d7af f900-faff fb1d-fbb1 fbd3-fd3d fd50-fdc7 fdf0-fdfb fe30-fe4f fe70-fefc 1ee00-1eebb"
    " 1f200-1f2ff 20000-2a6df 2a700-2ebef 2f800-2fa1f"
)
ICONS = (
    "a6 a9 ae b0 482 58d-58e 60e-60f 6de 6e9 6fd-6fe 7f6 9fa b70 bf3-bf8 bfa c7f d4f d79 f01-f03 f13 f15-f17 f1a-f1f"
    " f34 f36 f38 fbe-fc5 fc7-fcc fce-fcf fd5-fd8 109e-109f 1390-1399 1940 19de-19ff 1b61-1b6a 1b74-1b7c 2100-2101"
    " 2103-2106 2108-2109 2114 2116-2117 211e-2123 2125 2127 2129 212e 213a-213b 214a 214c-214d 214f 218a-218b"
    " 2195-2199 219c-219f 21a1-21a2 21a4-21a5 21a7-21ad 21af-21cd 21d0-21d1 21d3 21d5-21f3 2300-2307 230c-231f"
    " 2322-2328 232b-237b 237d-239a 23b4-23db 23e2-2426 2440-244a 249c-24e9 2500-25b6 25b8-25c0 25c2-25f7 2600-266e"
    " 2670-2767 2794-27bf 2800-28ff 2b00-2b2f 2b45-2b46 2b4d-2b73 2b76-2b95 2b98-2bc8 2bca-2bfe 2ce5-2cea 2e80-2e99"
    " 2e9b-2ef3 2f00-2fd5 2ff0-2ffb 3004 3012-3013 3020 3036-3037 303e-303f 3190-3191 3196-319f 31c0-31e3 3200-321e"
    " 322a-3247 3250 3260-327f 328a-32b0 32c0-32fe 3300-33ff 4dc0-4dff a490-a4c6 a828-a82b a836-a837 a839 aa77-aa79"
    " fdfd ffe4 ffe8 ffed-ffee fffc-fffd 10137-1013f 10179-10189 1018c-1018e 10190-1019b 101a0 101d0-101fc"
    " 10877-10878 10ac8 1173f 16b3c-16b3f 16b45 1bc9c 1d000-1d0f5 1d100-1d126 1d129-1d164 1d16a-1d16c 1d183-1d184"
    " 1d18c-1d1a9 1d1ae-1d1e8 1d200-1d241 1d245 1d300-1d356 1d800-1d9ff 1da37-1da3a 1da6d-1da74 1da76-1da83"
    " 1da85-1da86 1ecac 1f000-1f02b 1f030-1f093 1f0a0-1f0ae 1f0b1-1f0bf 1f0c1-1f0cf 1f0d1-1f0f5 1f110-1f16b"
    " 1f170-1f1ac 1f1e6-1f202 1f210-1f23b 1f240-1f248 1f250-1f251 1f260-1f265 1f300-1f3fa 1f400-1f6d4 1f6e0-1f6ec"
    " 1f6f0-1f6f9 1f700-1f773 1f780-1f7d8 1f800-1f80b 1f810-1f847 1f850-1f859 1f860-1f887 1f890-1f8ad 1f900-1f90b"
    " 1f910-1f93e 1f940-1f970 1f973-1f976 1f97a 1f97c-1f9a2 1f9b0-1f9b9 1f9c0-1f9c2 1f9d0-1f9ff 1fa60-1fa6d"
)
QUOTES = "22 27 2c 60 ab b4 bb 2018-201a 201c-201e 2329-232a 27e6-27e7 3008-3011 3014-3015 ff08-ff09"
MARKS = (
    "21 23 26 28-2a 2c 3a-3c 3e-3f 5b 5d 5f 7b 7d a1 b7 bf 60c 61b 61f 66a 6d4 964 2026 3001-3002 ff01 ff0c ff1a-ff1b"
    " ff1f ff5e"
)
DASHES = "2013-2014"
CURRENCIES = "24 a3 a5 e3f 20a0-20bf fdfc"
ASCII_DIGITS = "30-39"
OTHER_PREFIXES = "25 3d a7"
OTHER_BEFORE_DOT = "25 2b 2d 7c b2"
OTHER_ACTIVE = "2a-2b 2d-2f 3a 3c-3e 5e 7e"
HOST_LABELS = "30-39 41-5a 61-7a a1-ffff"
LINE_ENDS = "a-d 1c-1e 85 2028-2029"


def code_points(ranges: str) -> NDArray[np.int64]:
    """Return the code points of ranges in hexadecimal, such as `"a-d 85"`."""
    pieces = (piece.split("-") for piece in ranges.split())
    return np.concatenate([np.arange(int(piece[0], 16), int(piece[-1], 16) + 1) for piece in pieces])


@kept
def character_classes() -> NDArray[np.uint32]:
    """Return the bits of every code point, uint32[0x110000]."""
    table = np.zeros(CODE_POINTS, np.uint32)

    def mark(bit: int, *sets: str | Iterable[int]) -> None:
        for chosen in sets:
            table[code_points(chosen) if isinstance(chosen, str) else np.fromiter(chosen, np.int64)] |= bit

    every = [chr(point) for point in range(CODE_POINTS)]
    latin = code_points(LATIN).tolist()
    mark(LETTER, (point for point, character in enumerate(every) if character.isalpha()))
    mark(SPACE, (point for point, character in enumerate(every) if character.isspace()))
    mark(DECIMAL, (point for point, character in enumerate(every) if character.isdecimal()))
    mark(WORD, (point for point, character in enumerate(every) if character.isalnum()), [ord("_")])
    mark(PUNCTUATION, (p for p, character in enumerate(every) if unicodedata.category(character)[0] == "P"))
    mark(SENTENCE_END, SENTENCE_ENDS)
    mark(TERMINAL, SENTENCE_ENDS, OTHER_TERMINALS)
    mark(SYMBOL, SENTENCE_ENDS, OTHER_TERMINALS, OTHER_SYMBOLS)
    mark(ALPHA, LATIN, OTHER_LOWER, OTHER_UPPER, UNCASED)
    mark(LOWER, (point for point in latin if unicodedata.category(every[point]) == "Ll"), OTHER_LOWER, UNCASED)
    mark(UPPER, (point for point in latin if unicodedata.category(every[point]) == "Lu"), OTHER_UPPER, UNCASED)
    mark(QUOTE, QUOTES)
    mark(ICON, ICONS)
    mark(CURRENCY, CURRENCIES)
    mark(PREFIX, MARKS, QUOTES, ICONS, CURRENCIES, DASHES, OTHER_PREFIXES)
    mark(SUFFIX, MARKS, QUOTES, ICONS, DASHES)
    mark(BEFORE_DOT, MARKS, QUOTES, ASCII_DIGITS, OTHER_BEFORE_DOT)
    mark(HOST, HOST_LABELS)
    mark(LINE_END, LINE_ENDS)
    table[(table & LOWER) > 0] |= BEFORE_DOT
    active = (table & (PREFIX | SUFFIX | SPACE)) > 0
    active[code_points(ASCII_DIGITS + " " + OTHER_ACTIVE)] = True
    table[~active] |= INERT
    return table
