"""Counts of textstat: words, sentences, syllables and difficult words.

The texts are English.

Source: textstat 0.7.5, `textstat/textstat.py`: `lexicon_count`, `miniword_count`, `sentence_count`, `char_count`,
`letter_count`, `syllable_count`, `polysyllabcount`, `difficult_words`, `linsear_write_formula`, `reading_time`. Words
are separated by white space and have a letter, digit or underscore; their other characters do not count. A
capital sigma becomes σ. Sentences are those of `reading_sentences`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes, code_point
from lakesift.text.kernels.categories import DOTTED_CAPITAL_I
from lakesift.text.kernels.characters import SPACE, WORD
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.ngrams import HALF, slots_for
from lakesift.text.signals.reading_sentences import FIRST_OTHER, LINSEAR_WORDS, count_sentences
from lakesift.text.signals.syllables import Lexicon, addresses_of, extended, slot_of_word, syllables_of

COUNTS = (
    *("words", "short_words", "sentences", "characters", "letters", "syllables", "long_words"),
    *("hard_words", "hard_words_2", "hard_words_3", "milliseconds", "linsear_points", "linsear_sentences"),
)
(
    WORDS,
    SHORT,
    SENTENCES,
    CHARACTERS,
    LETTERS,
    SYLLABLES,
    LONG,
    HARD,
    HARD_2,
    HARD_3,
    TIME,
    LINSEAR,
    LINSEAR_SENTENCES,
) = range(len(COUNTS))
# Two ways to find syllables, and the counts that depend on the way; all others belong to the first.
WAYS = 2
HYPHENATED, PRONOUNCED = range(WAYS)
BY_SYLLABLES = (SYLLABLES, LONG, HARD_2, HARD_3, LINSEAR)
SHORT_WORD = 3  # letters at most
LONG_WORD = 3  # syllables at least
MILLISECONDS = 14.69  # per character
PIECE_MARKS = np.zeros(1 << 16, np.bool_)  # are part of a word that may be difficult
PIECE_MARKS[[ord("="), ord("'"), 0x2018, 0x2019]] = True
REMEMBERED = 1 << 15  # words with cached syllables


class Scratch(NamedTuple):
    """Buffers of one call: a word's letters, hyphens' weights, and known syllables."""

    points: NDArray[np.int32]
    weights: NDArray[np.uint8]
    keys: NDArray[np.uint64]
    hyphenated: NDArray[np.int32]
    pronounced: NDArray[np.int32]


def scratch_for(max_bytes: int) -> Scratch:
    """Allocate buffers for texts of at most `max_bytes` bytes."""
    room = max_bytes + 4
    return Scratch(
        np.empty(2 * room, np.int32),
        np.empty(2 * room, np.uint8),
        np.zeros(REMEMBERED, np.uint64),
        np.zeros(REMEMBERED, np.int32),
        np.zeros(REMEMBERED, np.int32),
    )


@compiled
def remembered_syllables(key: np.uint64, first: int, stop: int, lexicon: Lexicon, scratch: Scratch) -> tuple[int, int]:
    """Return the syllables of a word, counted in both ways, and remember them.

    The word is in `scratch.points` from `first` to `stop`, and has the hash `key`.
    """
    key |= np.uint64(1)
    slot = (key >> HALF) & np.uint64(REMEMBERED - 1)
    if scratch.keys[slot] != key:
        found = syllables_of(key, scratch.points, first, stop, lexicon, scratch.weights)
        scratch.hyphenated[slot], scratch.pronounced[slot] = found
        scratch.keys[slot] = key
    return scratch.hyphenated[slot], scratch.pronounced[slot]


@compiled
def count_all(
    text: Bytes,
    offsets: NDArray[np.int64],
    classes: NDArray[np.uint32],
    lower: NDArray[np.int32],
    lexicon: Lexicon,
    scratch: Scratch,
    values: NDArray[np.float64],
) -> None:
    """Write `COUNTS` of each text in both ways.

    A text without sentences counts as one sentence.
    """
    text_at, classes_at, lower_at = pointer_to(text), pointer_to(classes), pointer_to(lower)
    room = pointer_to(scratch.points), pointer_to(scratch.weights)
    known = pointer_to(scratch.keys), pointer_to(scratch.hyphenated), pointer_to(scratch.pronounced)
    words, scratch_at = addresses_of(lexicon), Scratch(*room, *known)
    for document in range(len(values)):
        start, stop = offsets[document], offsets[document + 1]
        count_words(text_at, start, stop, classes_at, lower_at, words, scratch_at, values[document])
        row = values[document, HYPHENATED]
        row[SENTENCES], row[LINSEAR_SENTENCES] = count_sentences(text_at, start, stop, classes_at)


@compiled
def count_words(
    text: Bytes,
    start: int,
    stop: int,
    classes: NDArray[np.uint32],
    lower: NDArray[np.int32],
    lexicon: Lexicon,
    scratch: Scratch,
    rows: NDArray[np.float64],
) -> None:
    """Write all counts except those of sentences."""
    seen, different = np.zeros(64, np.uint64), 0
    at, number = start, 0
    while at < stop:
        point, width = code_point(text, at, stop)
        if classes[point] & SPACE:
            at += width
            continue
        # Most words are letters of ASCII to their end or nearly so: one hash instead of three.
        written, key = 0, np.uint64(0)
        while at < stop and text[at] < FIRST_OTHER and classes[text[at]] & WORD:
            small = lower[text[at]]
            scratch.points[written] = small
            key = extended(key, small)
            written, at = written + 1, at + 1
        size, letters, piece_size, piece = written, written, written, 0
        piece_key, letter_key = key, key
        while True:
            is_end = at == stop
            if not is_end:
                point, width = code_point(text, at, stop)
                is_end = classes[point] & SPACE != 0
            is_word = not is_end and classes[point] & WORD != 0
            is_kept = is_word or (not is_end and PIECE_MARKS[point & 0xFFFF] and point < 0x10000)
            small = ord("i") if point == DOTTED_CAPITAL_I else lower[point]
            if is_word:
                scratch.points[written] = small
                written, letters = written + 1, letters + 1
                key, letter_key = extended(key, small), extended(letter_key, small)
            if is_kept:
                piece_key, piece_size = extended(piece_key, small), piece_size + 1
            if piece_size and (not is_kept or point == DOTTED_CAPITAL_I):
                if 2 * different >= len(seen):
                    seen = rehashed(seen)
                if add_key(seen, piece_key | np.uint64(1)):
                    different += 1
                    count_hard_word(piece_key, letter_key, piece, written, lexicon, scratch, rows)
                piece, piece_size, piece_key, letter_key = written, 0, np.uint64(0), np.uint64(0)
            if is_end:
                break
            at += width
            size += 1
        number += 1
        syllables = remembered_syllables(key, 0, written, lexicon, scratch) if letters else (0, 0)
        count_word(size, letters, syllables, number <= LINSEAR_WORDS, rows)


@compiled
def count_word(size: int, letters: int, syllables: tuple[int, int], is_early: bool, rows: NDArray[np.float64]) -> None:
    """Count a word by its characters, letters and syllables.

    A word without letters is not counted, but takes time to read.
    """
    rows[HYPHENATED, WORDS] += letters > 0
    rows[HYPHENATED, SHORT] += 0 < letters <= SHORT_WORD
    rows[HYPHENATED, CHARACTERS] += size
    rows[HYPHENATED, LETTERS] += letters
    rows[HYPHENATED, TIME] += size * MILLISECONDS
    for way in range(WAYS):
        rows[way, SYLLABLES] += syllables[way]
        rows[way, LONG] += syllables[way] >= LONG_WORD
        if is_early:
            rows[way, LINSEAR] += 3 if syllables[way] >= LONG_WORD else 1


@compiled
def count_hard_word(
    key: np.uint64,
    letter_key: np.uint64,
    first: int,
    stop: int,
    lexicon: Lexicon,
    scratch: Scratch,
    rows: NDArray[np.float64],
) -> None:
    """Count, by its syllables, a word that is new in the text and not easy."""
    slot = slot_of_word(key | np.uint64(1), lexicon)
    if slot >= 0 and lexicon.easy[slot]:
        return
    syllables = remembered_syllables(letter_key, first, stop, lexicon, scratch) if stop > first else (0, 0)
    rows[HYPHENATED, HARD] += 1
    for way in range(WAYS):
        rows[way, HARD_2] += syllables[way] >= 2
        rows[way, HARD_3] += syllables[way] >= 3


@compiled
def add_key(seen: NDArray[np.uint64], key: np.uint64) -> bool:
    """Add a key to a set; return whether it is new."""
    mask = np.uint64(len(seen) - 1)
    slot = (key >> HALF) & mask
    while seen[slot] != 0:
        if seen[slot] == key:
            return False
        slot = slot + np.uint64(1) & mask
    seen[slot] = key
    return True


@compiled
def rehashed(seen: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the same set with more room."""
    larger = np.zeros(slots_for(2 * len(seen)), np.uint64)
    for key in seen:
        if key != 0:
            add_key(larger, key)
    return larger
