"""Which archives of a lake a recipe reads, and which versions of tables can have changed their rows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import fsspec
import pytest

from lakesift.crawl.ingest import OPERATOR, IngestSettings
from lakesift.crawl.sources.listing import identities, is_named, list_paths
from lakesift.engine import fingerprints
from lakesift.engine.archives import Archive, chosen, described, joined_crawls
from lakesift.engine.extractions import Extraction, extraction_of, told_difference
from lakesift.engine.fingerprints import code_digest, fingerprint
from lakesift.engine.taken_in import deleted_rows, newest_change
from lakesift.lake.commits import Commit
from lakesift.lake.external import checksum_of
from lakesift.operators.files import SAMPLE_BYTES, identity, is_another
from lakesift.operators.operator import Stage
from lakesift.recipe.recipe import Recipe

OURS = Extraction("ours", frozenset({"ours", "ours before a setting came"}), frozenset({"noted earlier"}))


def archive(path: str, crawl: str = "local", extraction: str | None = "ours", **more: Any) -> Archive:
    values = {"kind": "warc", "status": "done", "pages": 2, "links": 0, "committed_version": 1, **more}
    return Archive(
        **{**dict.fromkeys(Archive._fields), **values, "source_path": path, "crawl": crawl, "extraction": extraction}
    )


def paths(archives: Sequence[Archive]) -> list[str]:
    return [f"{each.crawl}/{each.source_path}" for each in archives]


def test_a_recipe_reads_its_own_extraction_and_the_paths_that_it_names() -> None:
    lake = [
        archive("a"),
        archive("a", extraction="theirs"),
        archive("b", extraction="ours before a setting came"),
        archive("c", extraction=None, settings_fingerprint="noted earlier"),
        archive("d", extraction=None, settings_fingerprint="of others"),
    ]
    assert paths(chosen(lake, OURS, None)) == ["local/a", "local/b", "local/c"]
    assert {each.extraction for each in chosen(lake, OURS, None)} <= {*OURS.same, None}
    assert paths(chosen(lake, OURS, {"a": None, "new": None})) == ["local/a"]
    assert chosen(lake, OURS, {"a": "other"}) == []


def test_one_archive_under_two_names_of_a_crawl_is_read_once() -> None:
    lake = [archive("a", "JANUARY", committed_version=4), archive("a", "MINE", committed_version=2)]
    assert paths(chosen(lake, OURS, {"a": "MINE"})) == ["MINE/a"]
    assert paths(chosen(lake, OURS, None)) == ["JANUARY/a"]
    assert paths(chosen(lake, OURS, None, {"MINE"})) == ["MINE/a"]


def test_crawls_that_stages_name_are_read_beside_the_source() -> None:
    lake = [archive("a", "JANUARY"), archive("b", "FEBRUARY"), archive("c", "FEBRUARY")]
    assert paths(chosen(lake, OURS, {"b": None}, {"JANUARY", "FEBRUARY"})) == ["JANUARY/a", "FEBRUARY/b"]


def test_imported_texts_are_of_no_other_recipe_unless_there_is_nothing_else_or_their_crawl_is_named() -> None:
    texts = archive("t", "texts", "imported", kind="documents")
    assert paths(chosen([archive("a"), texts], OURS, None)) == ["local/a"]
    assert paths(chosen([archive("a"), texts], OURS, None, {"texts"})) == ["local/a", "texts/t"]
    assert paths(chosen([texts], OURS, None)) == ["texts/t"]
    assert chosen([archive("a", extraction="theirs"), texts], OURS, None) == []


def test_a_crawl_has_grown_where_the_source_names_what_the_lake_has_of_it() -> None:
    known = [archive("a", "local"), archive("x", "other"), archive("f", "failed", status="failed")]
    of = {"b": "local", "y": "other", "z": "new", "g": "failed"}
    found = joined_crawls(list(of), known, ["a", *of], of.__getitem__)
    assert {crawl: grown for crawl, (_, grown) in found.items()} == {"local": True, "other": False}
    assert described(known) == "1 of failed, 1 of local, 1 of other"


def commit(version: int, operation: str = "WRITE", deleted: int | None = None, **facts: Any) -> Commit:
    return Commit(version, facts, operation, deleted)


def test_only_commits_of_the_same_archives_and_of_other_writers_change_what_a_recipe_reads() -> None:
    def ours(version: int, written: list[str] | None, extraction: str = "ours") -> Commit:
        return commit(version, fingerprint="f", extraction=extraction, archives=written)

    mine = [archive("a"), archive("b")]
    assert newest_change([ours(3, ["c"]), ours(2, ["a"], "theirs"), ours(1, ["b"]), ours(0, ["a"])], mine) == 1
    assert newest_change([ours(3, ["c"]), commit(2, "OPTIMIZE"), commit(1, "DELETE"), ours(0, ["a"])], mine) == 1
    assert newest_change([ours(2, None), ours(1, ["a"])], mine) == 2
    assert newest_change([ours(9, ["z"]), ours(8, ["y"])], mine) == 8
    yesterdays = [archive("a", extraction=None)]
    assert newest_change([ours(2, ["a"]), commit(1, "SET TBLPROPERTIES"), commit(0, fingerprint="f")], yesterdays) == 0


def test_rows_that_somebody_deleted_are_not_missed_and_others_are() -> None:
    assert deleted_rows([commit(2, "DELETE", 3), commit(1, "WRITE", fingerprint="f"), commit(0, "RESTORE")]) == 3
    assert deleted_rows([commit(1, "DELETE"), commit(0, "DELETE", 3)]) is None


def stage(**settings: Any) -> Stage:
    return Stage("ingest", OPERATOR, IngestSettings.model_validate(settings))


def noted(settings: dict[str, Any], **more: Any) -> Commit:
    return commit(0, settings=settings, **more)


def test_what_yesterdays_lakesift_took_in_is_known_by_its_settings() -> None:
    recipe, mine = Recipe.load("dedup_exact"), stage(crawl="mine", extract={"extractor": "resiliparse"})
    then = {**mine.settings.deciding(), "crawl": "october"}
    old = noted(then, fingerprint=fingerprint({"stage": "ingest", "settings": then}))
    found = extraction_of(recipe, mine, [old])
    assert found.is_of(None, old.facts["fingerprint"])
    assert not extraction_of(recipe, stage(keep_html=True), [old]).is_of(None, old.facts["fingerprint"])
    # Where the commit is gone, the names of the lake's crawls suffice.
    other = noted({"unknown": 1}, fingerprint="f")
    assert extraction_of(recipe, mine, [other], ["october"]).is_of(None, old.facts["fingerprint"])


def test_a_setting_that_has_come_since_and_the_name_of_a_crawl_make_no_other_extraction() -> None:
    recipe, mine = Recipe.load("dedup_exact"), stage(extract={"extractor": "resiliparse"})
    then = {name: value for name, value in mine.settings.deciding().items() if name != "keep_html"}
    before = noted({**then, "crawl": "october"}, fingerprint="f", extraction="earlier", models=[])
    assert extraction_of(recipe, mine, [before]).is_of("earlier", None)
    assert not extraction_of(recipe, stage(keep_html=True), [before]).is_of("earlier", None)
    assert told_difference(stage(accepted_status=[200, 203]), [before])[0].startswith("ingest.")
    other_model = noted(before.facts["settings"], fingerprint="f", extraction="earlier", models=["digest"])
    assert not extraction_of(recipe, mine, [other_model]).is_of("earlier", None)


def test_a_file_is_known_from_another_one_of_its_name_and_size(tmp_path: Path) -> None:
    storage, file = fsspec.filesystem("file"), tmp_path / "a.warc.gz"
    file.write_bytes(b"one")
    before = identity(storage, str(file))
    file.write_bytes(b"two")
    os.utime(file, (1, 1))
    assert is_another(before, 3, identity(storage, str(file)))
    file.write_bytes(b"one")
    assert not is_another(before, 3, identity(storage, str(file)))
    large = bytearray(3 * SAMPLE_BYTES)
    file.write_bytes(large)
    os.utime(file, (1, 1))
    first = identity(storage, str(file))
    large[len(large) // 2] = 1
    file.write_bytes(large)
    assert is_another(first, len(large), identity(storage, str(file)))


@pytest.mark.parametrize(
    ("known", "size", "now", "expected"),
    [(None, 3, "4:x", True), (None, 3, "3:x", False), (None, None, "3:x", False), ("3:x", 3, None, False)],
)
def test_of_a_file_that_an_earlier_lakesift_read_the_size_is_known(
    known: str | None, size: int | None, now: str | None, expected: bool
) -> None:
    assert is_another(known, size, now) is expected


def test_object_stores_tell_a_file_by_its_etag_and_others_by_its_time() -> None:
    class Store:
        protocol = ("s3", "s3a")

        def __init__(self, **about: Any) -> None:
            self.about = about

        def info(self, path: str) -> dict[str, Any]:
            return {"size": 3, **self.about}

    assert identity(Store(ETag='"a"', LastModified=1), "x") == identity(Store(ETag='"a"', LastModified=2), "x")
    assert identity(Store(ETag='"a"'), "x") != identity(Store(ETag='"b"'), "x")
    assert identity(Store(LastModified=1), "x") != identity(Store(LastModified=2), "x")


def test_a_table_of_texts_is_known_by_its_content(tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text('{"text": "one"}')
    before = checksum_of(str(file))
    os.utime(file, (1, 1))
    file.chmod(0o600)
    assert checksum_of(str(file)) == before
    file.write_text('{"text": "two"}')
    os.utime(file, (1, 1))
    assert checksum_of(str(file)) != before


def test_a_source_knows_which_archives_that_are_gone_it_would_name(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(b"x")
    (tmp_path / "some.paths").write_text(f"{tmp_path}/a.warc.gz\n{tmp_path}/gone.warc.gz\n")
    patterns = [str(tmp_path / "some.paths")]
    found = identities(list_paths(patterns, IngestSettings()), patterns, IngestSettings())
    assert [path.rpartition("/")[2] for path, now in found.items() if now is None] == ["gone.warc.gz"]
    assert is_named(f"{tmp_path}/gone.warc.gz", [str(tmp_path)])
    assert is_named(f"{tmp_path}/gone.warc.gz", [f"{tmp_path}/*.warc.gz"])
    assert not is_named(f"{tmp_path}/gone.warc.gz", [f"{tmp_path}/other", f"{tmp_path}/*.arc"])


def test_versions_of_libraries_that_decide_a_result_are_part_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    modules = ["lakesift.crawl.ingest"]
    before, hashes = code_digest(modules), code_digest(["lakesift.text.kernels.content_hash"])
    real = fingerprints.version
    monkeypatch.setattr(fingerprints, "version", lambda name: "9" if name == "trafilatura" else real(name))
    assert code_digest(modules) != before
    assert code_digest(["lakesift.text.kernels.content_hash"]) == hashes
