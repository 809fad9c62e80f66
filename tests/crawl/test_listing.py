from __future__ import annotations

import gzip
from pathlib import Path

import fsspec
import pytest

from crawl.made_archives import http, warc
from lakesift.crawl.sources.listing import ListingSettings, crawl_of, list_paths, list_sources
from lakesift.crawl.sources.store import StoreSettings
from lakesift.errors import SourceError

ARCHIVE = gzip.compress(warc(http(b"<p>x")))
SETTINGS = ListingSettings(store=StoreSettings(attempts=1))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "CC-MAIN-2024-22" / "warc").mkdir(parents=True)
    (tmp_path / "CC-MAIN-2024-22" / "warc" / "b.warc.gz").write_bytes(ARCHIVE)
    (tmp_path / "a.bin").write_bytes(ARCHIVE)
    (tmp_path / "README.md").write_text("# words")
    (tmp_path / "empty.warc.gz").touch()
    return tmp_path


def test_a_folder_gives_all_files_below_it_and_says_which_are_no_archives(folder: Path) -> None:
    found = {Path(file.path).name: file for file in list_sources([str(folder)], SETTINGS)}
    assert {name: file.kind for name, file in found.items()} == {
        "README.md": None, "a.bin": "warc", "b.warc.gz": "warc", "empty.warc.gz": None,
    }  # fmt: skip
    assert found["README.md"].reason == "unknown_format: begins with b'# words'"
    assert found["empty.warc.gz"].reason == "unknown_format: the file is empty"
    assert (found["b.warc.gz"].crawl, found["a.bin"].crawl) == ("CC-MAIN-2024-22", "local")


def test_files_are_listed_once_and_in_order_however_they_are_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    paths = ["./a.bin", f"{folder}/*.bin", f"file://{folder}/a.bin", "CC-MAIN-2024-22", f"{folder}/*/warc/*.gz"]
    expected = [f"{folder}/CC-MAIN-2024-22/warc/b.warc.gz", f"{folder}/a.bin"]
    assert list_paths(paths, SETTINGS) == list_paths(paths[::-1], SETTINGS) == expected


@pytest.mark.parametrize("packed", [False, True])
def test_listings_join_relative_lines_to_the_prefix(tmp_path: Path, packed: bool) -> None:
    text = "crawl-data/CC-MAIN-2024-22/x.warc.gz\n\nhttps://data.commoncrawl.org/y.warc.gz\r\ncrawl-data/CC-MAIN-2024-22/x.warc.gz\n"
    path = tmp_path / ("warc.paths.gz" if packed else "warc.paths")
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    assert list_paths([str(path)], SETTINGS) == [
        "https://data.commoncrawl.org/crawl-data/CC-MAIN-2024-22/x.warc.gz", "https://data.commoncrawl.org/y.warc.gz",
    ]  # fmt: skip


def test_object_stores_are_listed_like_folders() -> None:
    for name in ("a.warc.gz", "deep/b.warc.gz", "deep/c.txt"):
        with fsspec.open(f"memory://listed/{name}", "wb") as file:
            file.write(ARCHIVE)
    assert list_paths(["memory://listed/deep"], SETTINGS) == [
        "memory:///listed/deep/b.warc.gz",
        "memory:///listed/deep/c.txt",
    ]
    assert list_paths(["memory://listed/**/*.warc.gz"], SETTINGS)[0].endswith("/a.warc.gz")
    assert [file.kind for file in list_sources(["memory://listed"], SETTINGS)] == ["warc"] * 3


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/no/such/file.warc.gz", "no such file or folder.*next: check the spelling"),
        ("{folder}/*.zip", "no files are there"),
        ("{folder}/hollow", "no files are there"),
        ("{folder}/empty.paths", "the listing is empty"),
        ("{folder}/broken.paths.gz", "no listing of paths"),
        ("odd://bucket/x", "use a path that fsspec knows"),
    ],
)
def test_a_source_that_cannot_be_listed_says_why_and_what_to_do(folder: Path, path: str, message: str) -> None:
    (folder / "hollow").mkdir()
    (folder / "empty.paths").write_text("\n")
    (folder / "broken.paths.gz").write_bytes(b"\x1f\x8b\x08junk")
    with pytest.raises(SourceError, match=message):
        list_sources([path.format(folder=folder)], SETTINGS)


def test_no_paths_at_all_is_an_empty_source() -> None:
    with pytest.raises(SourceError, match="names no files"):
        list_sources([], SETTINGS)


def test_a_file_that_vanishes_or_is_forbidden_is_reported_and_does_not_stop_the_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = folder / "some.paths"
    listing.write_text(f"{folder}/gone.warc.gz\n{folder}/a.bin\n{folder}/secret.warc.gz\n")
    from lakesift.crawl.sources.store import Store

    real = Store.read

    def read(self: Store, start: int, stop: int) -> bytes:
        if self.full_path.endswith("secret.warc.gz"):
            raise PermissionError(13, "Permission denied")
        return real(self, start, stop)

    (folder / "secret.warc.gz").write_bytes(ARCHIVE)
    monkeypatch.setattr(Store, "read", read)
    reasons = {Path(file.path).name: file.reason for file in list_sources([str(listing)], SETTINGS)}
    assert reasons["a.bin"] is None
    assert (reasons["gone.warc.gz"] or "").startswith("unreadable_file: FileNotFoundError")
    assert (reasons["secret.warc.gz"] or "").startswith("unreadable_file: PermissionError")


def test_the_crawl_is_in_the_path_or_the_recipes() -> None:
    assert crawl_of("s3://commoncrawl/crawl-data/CC-MAIN-2026-43/segments/x.warc.gz", "mine") == "CC-MAIN-2026-43"
    assert crawl_of("/data/CC-MAIN-20240517233122-00000.warc.gz", "mine") == "mine"


@pytest.mark.parametrize(
    "line",
    ["/etc/passwd", "http://127.0.0.1/a.warc", "file:///etc/passwd", "s3://other/a.warc.gz"],
)
def test_a_listing_leads_nowhere_but_below_its_folder_or_into_its_store(tmp_path: Path, line: str) -> None:
    listing = tmp_path / "warc.paths"
    listing.write_text(line, encoding="utf-8")
    with pytest.raises(SourceError, match=r"neither below its own folder nor in its store.*next: name such files"):
        list_paths([str(listing)], ListingSettings())


def test_a_listing_may_name_what_stands_below_it_and_in_the_store_of_its_prefix(tmp_path: Path) -> None:
    listing = tmp_path / "warc.paths"
    listing.write_text(f"{tmp_path}/a/b.warc.gz\ns3://commoncrawl/c.warc.gz\nd.warc.gz", encoding="utf-8")
    found = list_paths([str(listing)], ListingSettings(listing_prefix="s3://commoncrawl/"))
    assert found == [f"{tmp_path}/a/b.warc.gz", "s3://commoncrawl/c.warc.gz", "s3://commoncrawl/d.warc.gz"]
