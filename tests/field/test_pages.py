"""Pages and archives from the field are read as a browser shows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from field.cases import cases, expected, faults, input_of, others, rows_of_archive, rows_of_response


@pytest.mark.parametrize("folder", cases("record"), ids=lambda folder: folder.name)
def test_a_page_is_what_its_case_expects(folder: Path, tmp_path: Path) -> None:
    case = expected(folder)
    rows = rows_of_response(tmp_path, case["url"], input_of(folder).read_bytes())
    if "seconds" in case["expect"]:
        # Decided before the extractor's process is killed, whose time is four times what the case allows.
        assert "extraction_timeout" not in {reason for reason, _ in others(rows)}
        return
    (page,) = [row for row in rows if row.kind == "page"] or pytest.fail(f"no page: {others(rows)}")
    assert faults(page, case) == []


@pytest.mark.parametrize("folder", cases("archive"), ids=lambda folder: folder.name)
def test_an_archive_gives_what_its_case_expects(folder: Path) -> None:
    rows = rows_of_archive(input_of(folder))
    pages, expect = [row for row in rows if row.kind == "page"], expected(folder)["expect"]
    assert len(pages) == expect.get("pages", len(pages)), others(rows)
    assert len({page.doc_id for page in pages}) == expect.get("distinct_doc_ids", len(pages))
    links = [[image.url, image.alt] for row in rows if row.kind == "links" for image in row.images or ()]
    assert links == expect.get("links", links)
