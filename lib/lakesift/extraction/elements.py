"""The walk's table of HTML's elements, and the dtypes of its results."""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import hash_of, insert_key


class Role(IntFlag):
    """The walk's treatment of an element."""

    BLOCK = 1  # begins and ends a block of text
    VOID = 2  # has no end tag (HTML, section 13.1.2)
    RAW = 4  # contains text that is no markup, up to its end tag (section 13.3)
    SKIPPED = 8  # nothing in it is text of the page
    PRE = 16  # white space counts


class Tag(IntEnum):
    """The elements that a block's kind or its features name."""

    (
        OTHER,
        P,
        H1,
        H2,
        H3,
        H4,
        H5,
        H6,
        LI,
        DT,
        DD,
        TD,
        TH,
        TR,
        TABLE,
        CAPTION,
        BLOCKQUOTE,
        PRE,
        FIGCAPTION,
        FIGURE,
        UL,
        OL,
        DL,
        A,
        BR,
        IMG,
        HR,
        CODE,
        NAV,
        HEADER,
        FOOTER,
        ASIDE,
        ARTICLE,
        MAIN,
        SECTION,
        FORM,
        MATH,
        ANNOTATION,
        SCRIPT,
        DIV,
        SPAN,
        TIME,
        BODY,
        DETAILS,
        SUMMARY,
        TBODY,
        THEAD,
        TFOOT,
        HTML,
        LABEL,
        ADDRESS,
        NOSCRIPT,
    ) = range(52)


_BLOCKS: Final = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup option p"
    " pre search section summary table tbody td tfoot th thead tr ul xmp"
)
_ROLES: Final = {
    Role.BLOCK: _BLOCKS,
    Role.VOID: "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr",
    Role.RAW: "script style iframe noembed noframes xmp plaintext",
    Role.SKIPPED: "head script style iframe noembed noframes template svg select datalist object canvas audio video"
    " textarea noscript button math rp rt rtc",  # ruby: the pronunciation of the base, which would split its words
    Role.PRE: "pre listing xmp plaintext",
}


NAME_SLOTS: Final = 512


def _tables() -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32]]:
    known = {tag.name.lower() for tag in Tag} - {"other"}
    keys = np.zeros(NAME_SLOTS, np.uint64)
    tags, all_roles = np.zeros(NAME_SLOTS, np.int32), np.zeros(NAME_SLOTS, np.int32)
    for name in sorted({*known, *(name for some in _ROLES.values() for name in some.split())}):
        slot = insert_key(keys, hash_of(name))
        tags[slot] = Tag[name.upper()] if name in known else Tag.OTHER
        all_roles[slot] = sum(role for role, some in _ROLES.items() if name in some.split())
    return keys, tags, all_roles


NAME_KEYS, NAME_TAGS, NAME_ROLES = _tables()

ELEMENT: Final = np.dtype(
    [
        ("tag", np.int32),
        ("roles", np.int32),
        ("parent", np.int32),
        ("holder", np.int32),  # itself or the nearest around it that begins and ends a block of text
        ("depth", np.int32),
        ("source", np.int32),  # where its name begins in the markup
        ("is_hidden", np.int32),
        ("name", np.uint64),
        ("signature", np.uint64),  # of the tag, the class and those of two ancestors
        ("words", np.uint64),  # groups of the words in its class, id and role
        ("all_words", np.uint64),  # and in those of all ancestors
        ("all_tags", np.uint64),  # one bit for each `Tag` among itself and its ancestors
        ("chars", np.int32),
        ("link_chars", np.int32),
        ("paragraph_chars", np.int32),
        ("stops", np.int32),
        ("blocks", np.int32),
    ],
    align=True,
)
BLOCK: Final = np.dtype(
    [
        ("start", np.int32),  # where its text begins and ends in the walk's text, in bytes
        ("stop", np.int32),
        ("element", np.int32),  # that begins and ends it; while it is open, where its text begins
        ("source", np.int32),  # where it begins in the markup
        ("chars", np.int32),
        ("words", np.int32),
        ("links", np.int32),
        ("link_chars", np.int32),
        ("digits", np.int32),
        ("upper", np.int32),
        ("clauses", np.int32),
        ("stops", np.int32),
        ("bars", np.int32),
        ("wide", np.int32),
        ("breaks", np.int32),
        ("images", np.int32),  # of the page before it
        ("last", np.int32),  # kind of its last character before closing quotes and brackets
        ("first", np.int32),
    ],
    align=True,
)
SPAN: Final = np.dtype(
    [("start", np.int32), ("stop", np.int32), ("tag", np.int32), ("value", np.int32), ("value_stop", np.int32)],
    align=True,
)
STATE: Final = np.dtype(
    [
        *((name, np.int64) for name in ("at", "out", "element", "elements", "block", "blocks", "spans", "pending")),
        *((name, np.int64) for name in ("skipped", "pre", "links", "hidden", "images", "value", "value_stop")),
        ("with_noscript", np.int64),
        *((name, np.uint64) for name in ("words", "class_hash")),
    ],
    align=True,
)
