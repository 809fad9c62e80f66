"""Every record of every real archive is a page, in quarantine, WAT links, or counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from crawl.made_archives import count_records
from lakesift.crawl.html.extract_settings import ExtractSettings
from lakesift.crawl.ingest import IngestSettings, unit_rows
from lakesift.crawl.pages.rows import Row
from lakesift.crawl.sources.listing import list_sources
from lakesift.crawl.warc.ranges import cut_ranges

# What the archives hold beside records: stretches that no record owns, because a length before them is too short.
STRETCHES = {"example-trunc.warc": 1, "sample.warc.txt": 3}


def taken_in(folder: Path, settings: IngestSettings) -> dict[Path, list[Row]]:
    files = [file for file in list_sources([str(folder)], settings) if file.kind]
    units = (unit for file in files for unit in cut_ranges(file, settings.range_bytes))
    rows: dict[Path, list[Row]] = {Path(file.path): [] for file in files}
    for row in unit_rows(units, settings):
        rows[Path(row.source_path)].append(row)
    return rows


def counts(rows: list[Row]) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows:
        found[f"{row.kind} {row.reason or ''}".strip()] += 1 if row.records is None else row.records
    return +found


@pytest.fixture(scope="module")
def archives(shared_data: Path) -> dict[Path, list[Row]]:
    return taken_in(shared_data / "archives", IngestSettings(range_bytes=1 << 20))


def test_rows_and_counts_of_every_archive_add_up_to_its_records(archives: dict[Path, list[Row]]) -> None:
    assert len(archives) == 23
    for path, rows in archives.items():
        found = sum(counts(rows).values())
        assert found == count_records(path.read_bytes()) + STRETCHES.get(path.name, 0), path


def test_odd_archives_end_as_expected(archives: dict[Path, list[Row]]) -> None:
    found = {path.name: dict(counts(rows)) for path, rows in archives.items()}
    assert found["clipped.warc.gz"] == {"quarantine truncated_record": 1}
    assert found["example-wrong-chunks.warc.gz"] == {"page": 1, "counted request": 1}
    assert found["example-wget-bad-target-uri.warc.gz"]["page"] == 1
    assert found["example-trunc.warc"]["quarantine damaged_bytes"] == 1
    assert found["sample.warc.txt"] == {"quarantine wrong_length": 1, "page": 3, "quarantine damaged_bytes": 3}
    assert found["clueweb-quirk.warc.gz"] == {"page": 29, "counted warcinfo": 1}
    assert found["warcfile.warc.gz"] == found["warcfile.warc.lz4"]


def test_real_archives_give_pages_with_all_that_is_known_of_them(archives: dict[Path, list[Row]]) -> None:
    rows = {path.name: rows for path, rows in archives.items()}
    page, wet = rows["whirlwind.warc.gz"][0], rows["whirlwind.warc.wet.gz"][0]
    assert (page.url, page.host, page.registered_domain) == (
        "https://an.wikipedia.org/wiki/Escopete", "an.wikipedia.org", "wikipedia.org",
    )  # fmt: skip
    # The WET record refers to the response, so both are the same document.
    assert page.doc_id == wet.doc_id
    assert (page.http_status, page.mime, page.extractor, wet.extractor) == (200, "text/html", "lakesift", "wet")
    assert str(page.fetch_time) == str(wet.fetch_time) == "2024-05-18 01:58:10+00:00"
    assert "Escopete" in (page.text or "")
    assert (wet.text or "").startswith("Escopete - Biquipedia")
    assert page.images is not None
    assert all(image.url.startswith("https://") for image in page.images)


def test_ids_are_unique_within_an_archive_of_responses(archives: dict[Path, list[Row]]) -> None:
    for path, rows in archives.items():
        pages = [row for row in rows if row.kind == "page" and row.extractor != "wet"]
        assert len({row.doc_id for row in pages}) == len(pages), path
        offsets = [row.source_offset for row in rows if row.source_offset is not None]
        assert len(set(offsets)) == len(offsets), path


@pytest.mark.parametrize("extractor", ["lakesift", "trafilatura"])
def test_all_real_pages_become_pages(shared_data: Path, extractor: str) -> None:
    settings = IngestSettings(extract=ExtractSettings(extractor=extractor))  # type: ignore[arg-type]
    rows = taken_in(shared_data / "web", settings)
    found: defaultdict[str, int] = defaultdict(int)
    for path, of_file in rows.items():
        assert sum(counts(of_file).values()) == count_records(path.read_bytes())
        for name, number in counts(of_file).items():
            found[name] += number
    assert dict(found) == {"page": 559, "counted warcinfo": 3}
