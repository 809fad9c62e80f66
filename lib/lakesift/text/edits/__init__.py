"""The edits by name."""

from __future__ import annotations

from lakesift.text.edits.boilerplate import BOILERPLATE_PARAGRAPHS
from lakesift.text.edits.c4_dclm_lines import C4_DCLM_LINES
from lakesift.text.edits.c4_lines import C4_LINES
from lakesift.text.edits.c4_parts import CITATIONS, POLICY_LINES
from lakesift.text.edits.cc_net import CC_NET_NORMALISE
from lakesift.text.edits.edit import Edit
from lakesift.text.edits.ftfy_repair import FTFY
from lakesift.text.edits.newlines import BLANK_LINES, COLLAPSE_NEWLINES
from lakesift.text.edits.pii import PII_DATATROVE
from lakesift.text.edits.pii_placeholders import PII_LAKESIFT
from lakesift.text.edits.refinedweb_lines import REFINEDWEB_LINES
from lakesift.text.edits.repeated_lines import REPEATED_LINES
from lakesift.text.edits.urls import REMOVE_URLS

EDITS: dict[str, Edit] = {
    edit.name: edit
    for edit in (
        *C4_LINES,
        C4_DCLM_LINES,
        CITATIONS,
        POLICY_LINES,
        COLLAPSE_NEWLINES,
        BLANK_LINES,
        REPEATED_LINES,
        REFINEDWEB_LINES,
        CC_NET_NORMALISE,
        *REMOVE_URLS,
        PII_DATATROVE,
        PII_LAKESIFT,
        FTFY,
        BOILERPLATE_PARAGRAPHS,
    )
}
