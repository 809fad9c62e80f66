from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lakesift.errors import UsageError
from lakesift.sample import SampleSettings, write_sample
from lakesift.sample.records import DAMAGES, OTHERS
from lakesift.sample.settings import JUNK_KINDS
from sample.sampled import Row, member, page_text


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    write_sample(tmp_path / "a", 60, 3)
    write_sample(tmp_path / "b", 60, 3)
    write_sample(tmp_path / "c", 60, 4)
    assert _digests(tmp_path / "a") == _digests(tmp_path / "b")
    assert all(_digests(tmp_path / "a")[name] != digest for name, digest in _digests(tmp_path / "c").items())


def test_crawls_of_two_sizes_share_no_id(tmp_path: Path) -> None:
    for size in (40, 60):
        write_sample(tmp_path / str(size), size, 3)
    few, many = (
        {record["doc_id"] for record in pq.read_table(tmp_path / str(size) / "truth.parquet").to_pylist()}
        for size in (40, 60)
    )
    assert not few & many


def test_twenty_pages_are_enough_and_nineteen_are_not(tmp_path: Path) -> None:
    assert write_sample(tmp_path, 20, 1).pages == 20
    with pytest.raises(UsageError, match="too small"):
        write_sample(tmp_path, 19, 1)


def test_a_file_in_the_way_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(UsageError, match="not a folder"):
        write_sample(tmp_path / "taken", 20, 1)


def test_a_smaller_sample_replaces_a_larger_one_and_leaves_other_files(tmp_path: Path) -> None:
    settings = SampleSettings(pages_per_file=20)
    (tmp_path / "mine.warc.gz").write_bytes(b"mine")
    assert len(write_sample(tmp_path, 60, 1, settings).files) == 3
    write_sample(tmp_path, 20, 1, settings)
    assert {path.name for path in tmp_path.iterdir()} == {"mine.warc.gz", "sample-00000.warc.gz", "truth.parquet"}


def test_the_truth_names_the_place_of_every_record(crawl: Path, rows: list[Row]) -> None:
    for row in rows:
        if row["kind"] not in ("garbage", "cut_member"):
            record = zlib.decompress(member(crawl, row), wbits=31)
            assert f"WARC-Record-ID: <urn:uuid:{row['doc_id']}>".encode() in record
            assert f"WARC-Target-URI: {row['url']}".encode() in record


def test_ids_and_urls_are_unique(rows: list[Row]) -> None:
    assert len({row["doc_id"] for row in rows}) == len(rows)
    assert len({row["url"] for row in rows}) == len(rows)


def test_every_kind_is_planted_with_what_is_expected_of_it(rows: list[Row]) -> None:
    expected = {row["kind"]: row["expected"] for row in rows}
    assert {kind for kind, wanted in expected.items() if wanted == "quarantine"} == set(DAMAGES)
    assert {kind for kind, wanted in expected.items() if wanted == "other"} == set(OTHERS)
    good = {"article", "syndicated", "mirrored", "quoting"}
    assert {kind for kind, wanted in expected.items() if wanted == "page"} == good | set(JUNK_KINDS)
    assert {row["kind"] for row in rows if row["junk"]} == set(JUNK_KINDS)
    assert all((row["language"] is not None) == (row["kind"] in good) for row in rows)


def test_pages_decode_as_they_say_and_hold_the_planted_addresses_and_pictures(crawl: Path, rows: list[Row]) -> None:
    planted = 0
    for row in rows:
        if row["expected"] == "page":
            html = page_text(crawl, row)
            assert html.startswith("<!DOCTYPE html>")
            assert html.endswith("</html>\n")
            for address in (*row["emails"], *row["ips"]):
                assert address in html
                planted += 1
            assert all(image["url"] in html for image in row["images"])
    assert planted > 20


def test_both_good_and_bad_alt_texts_are_planted(rows: list[Row]) -> None:
    alts = [
        (image["good"], len(image["alt"].split())) for row in rows if row["language"] == "en" for image in row["images"]
    ]
    good, bad = ([words for is_good, words in alts if is_good is wanted] for wanted in (True, False))
    assert min(good) >= 4
    assert max(bad) <= 3
    assert len(bad) > 0.2 * len(alts)


def test_charsets_and_content_encodings_are_mixed(rows: list[Row]) -> None:
    assert {row["content_encoding"] for row in rows} >= {None, "gzip", "br", "deflate"}
    assert len({row["charset"] for row in rows if row["charset"]}) > 5


def test_the_summary_counts_what_the_truth_holds(tmp_path: Path) -> None:
    summary = write_sample(tmp_path, 40, 9)
    truth = pq.read_table(summary.truth)
    assert summary.records == truth.num_rows == sum(summary.kinds.values())
    assert summary.compressed_bytes == sum(path.stat().st_size for path in summary.files)
    assert "40 pages" in str(summary)
