from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakesift.documents.measuring.site_blocks import TemplateCutSettings, cut_lines, without_lines, without_templates

SETTINGS = TemplateCutSettings(alone_characters=20)
OWN = "What the page itself has to say, in one sentence."
MENU = "News and reports"
BANNER = "We use cookies to show you what you have seen already."


def cut(lines: list[str], templates: set[str], settings: TemplateCutSettings = SETTINGS) -> list[str]:
    """The lines that are left."""
    places = [place for place, line in enumerate(lines) if line.strip() in templates]
    text = "\n".join(lines)
    return without_lines(text, cut_lines(text, places, settings)).split("\n")


def test_templates_at_the_ends_go_however_short() -> None:
    assert cut(["Home", "News", OWN, OWN, "Top"], {"Home", "News", "Top"}) == [OWN, OWN]


def test_a_template_between_blocks_of_the_pages_own_goes_when_it_is_long() -> None:
    assert cut([OWN, BANNER, OWN], {BANNER}) == [OWN, OWN]


def test_a_heading_that_many_pages_have_stays_between_blocks_of_the_pages_own() -> None:
    assert cut([OWN, "Ingredients", OWN], {"Ingredients"}) == [OWN, "Ingredients", OWN]
    everything = TemplateCutSettings(alone_characters=0)
    assert cut([OWN, "Ingredients", OWN], {"Ingredients"}, everything) == [OWN, OWN]


def test_short_templates_together_go() -> None:
    assert cut([OWN, MENU, "", "Contact", OWN], {MENU, "Contact"}) == [OWN, OWN]


def test_lines_without_letters_go_with_the_templates_on_both_sides_and_stay_elsewhere() -> None:
    assert cut([OWN, "***", BANNER, "-->", MENU, "}", OWN], {BANNER, MENU}) == [OWN, "***", "}", OWN]


def test_code_stays() -> None:
    code = ["for each in range(1_000):", "    if each % 7 == 0:", "        break", "    }", "print(each)"]
    assert cut(code, {"break", "}"}) == code


def test_one_blank_line_stays_where_templates_were() -> None:
    assert cut(["", MENU, "", OWN, "", BANNER, "", OWN, "", MENU, ""], {MENU, BANNER}) == [OWN, "", OWN]


def test_blank_lines_that_no_template_left_stay() -> None:
    assert cut([OWN, "", "", OWN, BANNER], {BANNER}) == [OWN, "", "", OWN]


def test_a_page_of_templates_alone_becomes_an_empty_text() -> None:
    batch = pa.RecordBatch.from_pydict(
        {
            "doc_id": ["alone", "own", "nothing"],
            "text": [f"{MENU}\n\n  {BANNER}", OWN, ""],
            "template_lines": pa.array([[0, 2], None, None], pa.list_(pa.int32())),
        }
    )
    found = without_templates(batch, SETTINGS)
    assert found.column("text").to_pylist() == ["", OWN, ""]
    nothing = {"blocks": 0, "characters": 0}
    expected = [{"blocks": 2, "characters": len(MENU) + len(BANNER)}, nothing, nothing]
    assert found.column("site_templates").to_pylist() == expected
    assert found.schema.names == ["doc_id", "text", "site_templates"]


@pytest.mark.parametrize("text", ["", "\n", "\n\n", "a\r\n\u2028b\n"])
def test_a_text_without_templates_stays_byte_for_byte(text: str) -> None:
    assert without_lines(text, cut_lines(text, [], SETTINGS)) == text


KINDS = st.lists(st.sampled_from([OWN, BANNER, MENU, "", "*"]), max_size=14)


def gone_by_runs(lines: list[str], templates: set[str]) -> set[int]:
    """The rule again, by looking from each line in both directions."""
    gone = set()
    for place in range(len(lines)):
        before = next((k for k in range(place, -1, -1) if lines[k] == OWN), -1)
        behind = next((k for k in range(place, len(lines)) if lines[k] == OWN), len(lines))
        run = [k for k in range(before + 1, behind) if lines[k] in templates]
        is_long = sum(len(lines[k]) for k in run) >= SETTINGS.alone_characters
        if run and run[0] <= place <= run[-1] and (is_long or before < 0 or behind == len(lines)):
            gone.add(place)
    return gone


@given(KINDS)
def test_runs_are_found_as_by_looking_around_each_line(lines: list[str]) -> None:
    templates = {BANNER, MENU}
    places = [place for place, line in enumerate(lines) if line in templates]
    assert set(cut_lines("\n".join(lines), places, SETTINGS)) == gone_by_runs(lines, templates)
