"""One page's trace is told whole, for every capture, and what is not there is said."""

from __future__ import annotations

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from declared import schema_of
from lakesift.documents.measuring.settings import DocumentsSettings
from lakesift.documents.rules.rules import Rule, RuleSet
from lakesift.errors import UsageError
from lakesift.reporting.explain import explain
from lakesift.reporting.trace_lines import text_of
from reporting.invented import RULE_SETS, with_stages
from reporting.invented_ledger import Rows
from reporting.left_out import left_out

pytestmark = pytest.mark.spark
Tables = dict[str, DataFrame]
NAMES = ["language@fineweb.unsure", "gopher_quality@datatrove.short_doc", "gopher_quality@datatrove.long_doc"]
NAMES += ["gopher_quality@datatrove.symbols", "gopher_quality@datatrove.stop_words"]


def test_a_dropped_page_shows_every_rule_with_value_threshold_and_outcome(tables: Tables, rows: Rows) -> None:
    doc_id = rows["documents"][0]["doc_id"]
    [trace] = explain(tables, RULE_SETS, doc_id).traces
    assert [rule.name for rule in trace.rules] == NAMES
    assert [rule.name for rule in trace.rules if rule.failed] == rows["verdicts"][0]["failed"]
    short = trace.rules[1]
    assert (dict(short.measured), short.condition) == (
        {"gopher_quality_datatrove.words": 12},
        "gopher_quality_datatrove.words < 50",
    )
    assert set(trace.rules[4].measured) == {"language", "gopher_quality_datatrove.stop_words"}
    assert trace.outcome.startswith(f"dropped by {rows['verdicts'][0]['failed'][0]} and ")


@pytest.mark.parametrize(
    "asked", ["https://site0.example/twice", "site0.example/twice/", " https://site0.example/twice/ "]
)
def test_all_captures_of_a_url_are_told_in_the_order_of_their_crawls(tables: Tables, rows: Rows, asked: str) -> None:
    found = explain(tables, RULE_SETS, asked)
    assert [trace.doc_id for trace in found.traces] == [rows["pages"][1]["doc_id"], rows["pages"][2]["doc_id"]]
    keeper = found.traces[1]
    assert keeper.outcome == "in data set clean; pairs of it in data set pairs_images"
    [cluster] = keeper.clusters
    assert (cluster["members"], cluster["keeper_id"]) == (6, keeper.doc_id)
    twins = [row for row in rows["duplicates"] if row["keeper_id"] == keeper.doc_id != row["doc_id"]]
    nearest = sorted(twins, key=lambda row: (-row["similarity"], row["doc_id"]))
    assert [twin["doc_id"] for twin in cluster["twins"]] == [row["doc_id"] for row in nearest]
    assert keeper.page is not None
    assert (keeper.page["source_offset"], keeper.page["fetched"]) == (1000 + 2 * 731, "2026-10-01 00:02:00")


def test_a_warc_record_id_is_an_id(tables: Tables, rows: Rows) -> None:
    doc_id = rows["pages"][5]["doc_id"]
    [trace] = explain(tables, (), f"<urn:uuid:{doc_id.upper()}>".replace("URN:UUID", "urn:uuid")).traces
    assert trace.doc_id == doc_id
    # Rules that failed are told even when their rule set is not at hand.
    assert [rule.name for rule in trace.rules] == rows["verdicts"][5]["failed"]


def test_what_was_cut_from_a_document_is_shown_as_it_stood(tables: Tables, rows: Rows) -> None:
    document = next(row for row in rows["documents"] if row["text"].isascii() and len(row["text"]) > 40)
    cuts = [(document["doc_id"], [(2, 9, ""), (12, 15, "")], 10, None), ("other", [(0, 1, "")], 1, None)]
    schema = "doc_id STRING, spans ARRAY<STRUCT<start: INT, end: INT, put: STRING>>, removed BIGINT, reason STRING"
    cut = tables["documents"].sparkSession.createDataFrame(cuts, schema)
    found = explain(with_stages({**tables, "repeated_substrings": cut}), RULE_SETS, document["doc_id"])
    [row] = found.traces[0].cuts
    assert row["texts"] == [document["text"][2:9], document["text"][12:15]]
    assert "repeated_substrings: 2 spans, 10 bytes" in text_of(found)


def test_a_duplicate_tells_the_crawl_of_its_keeper_where_that_is_another_and_what_their_similarity_is(
    tables: Tables, rows: Rows
) -> None:
    twin = next(row for row in rows["duplicates"] if row["doc_id"] != row["keeper_id"])
    told = f"keeper {twin['keeper_id']} https"
    assert told in text_of(explain(tables, RULE_SETS, twin["doc_id"]))
    earlier = F.when(F.col("doc_id") == twin["keeper_id"], "CC-MAIN-2026-38").otherwise(F.col("crawl"))
    other = with_stages({**tables, "duplicates": tables["duplicates"].withColumn("crawl", earlier)})
    across = text_of(explain(other, (), twin["doc_id"]))
    assert f"keeper {twin['keeper_id']} of crawl CC-MAIN-2026-38 https" in across
    assert f", Jaccard similarity, estimated, {twin['similarity']:.2f}" in across


def test_a_duplicate_names_its_keeper(tables: Tables, rows: Rows) -> None:
    twin = next(row for row in rows["duplicates"] if row["doc_id"] != row["keeper_id"])
    [trace] = explain(tables, RULE_SETS, twin["doc_id"]).traces
    assert trace.outcome.startswith(f"left out: a duplicate of {twin['keeper_id']} by {twin['method']}")
    assert f"keeper {twin['keeper_id']} https://" in text_of(explain(tables, RULE_SETS, twin["doc_id"]))


def test_a_pair_shows_entries_probability_and_draw(tables: Tables, rows: Rows) -> None:
    at = next(at for at, row in enumerate(rows["matches"]) if len(row["entries"]) == 3)
    doc_id = rows["pairs"][at]["doc_id"]
    [trace] = explain(tables, RULE_SETS, doc_id).traces
    [pair] = trace.pairs
    assert [entry["entry_id"] for entry in pair["entries"]] == rows["matches"][at]["entries"]
    assert (pair["probability"], pair["drawn"]) == (rows["draws"][at]["probability"], rows["draws"][at]["kept"])


def test_a_quarantined_record_is_found_by_the_url_in_its_first_bytes(tables: Tables) -> None:
    found = explain(tables, RULE_SETS, "https://site1.example/broken")
    assert [trace.quarantine[0]["source_offset"] for trace in found.traces] == [77, 78]
    assert found.traces[0].outcome == "quarantined: http_header_too_long"
    with pytest.raises(UsageError):
        explain(tables, RULE_SETS, "https://site1.example/brok")


def test_the_text_holds_no_control_characters_and_no_endless_lines(tables: Tables, rows: Rows) -> None:
    text = text_of(explain(tables, RULE_SETS, rows["pages"][0]["doc_id"]))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert max(map(len, text.splitlines())) < 1000
    assert "FAIL  gopher_quality@datatrove.short_doc" in text
    assert "drops when gopher_quality_datatrove.words < 50" in text
    assert "crawl-data/CC-MAIN-2026-43/part-0.warc.gz, at byte 1,000, 4,096 bytes" in text


def test_a_lake_with_few_tables_tells_what_it_has(tables: Tables, rows: Rows) -> None:
    doc_id = rows["pages"][3]["doc_id"]
    assert explain({"pages": tables["pages"]}, (), doc_id).traces[0].outcome == "taken in; not measured yet"
    two = {name: tables[name] for name in ("pages", "documents")}
    found = explain(two, RULE_SETS, doc_id)
    assert found.traces[0].outcome == "not judged yet: no verdict"
    assert {rule.failed for rule in found.traces[0].rules} == {None}
    assert "not judged yet" in text_of(found)


@pytest.mark.parametrize("asked", ["nope", "\\E.*", "x" * 10_000, "' OR 1=1 --"])
def test_what_is_not_there_is_said_with_what_was_looked_for(tables: Tables, asked: str) -> None:
    with pytest.raises(UsageError, match="nothing in this lake has the id or URL") as raised:
        explain(tables, RULE_SETS, asked)
    assert "looked in pages, documents, quarantine" in str(raised.value)
    assert len(str(raised.value)) < 10_000


def test_an_empty_or_endless_question_is_refused(tables: Tables) -> None:
    with pytest.raises(UsageError, match="no id or URL was given"):
        explain(tables, RULE_SETS, " / ")
    with pytest.raises(UsageError, match="100000 characters are no id or URL"):
        explain(tables, RULE_SETS, "x" * 100_000)


def test_what_each_edit_changed_is_shown_and_cannot_steer_a_terminal(tables: Tables, rows: Rows) -> None:
    text = F.lit("Write to someone@example.org\x1b[31m now.\nThe other line.")
    changed = with_stages({**tables, "pages": tables["pages"].withColumn("text", text)})
    measured = DocumentsSettings.model_validate({"steps": [{"edit": "pii@datatrove"}, {"edit": "citations@c4"}]})
    told = text_of(explain(changed, RULE_SETS, rows["pages"][3]["doc_id"], measured))
    assert "changed by   pii@datatrove" in told
    assert "-Write to someone@example.org" in told
    assert "+Write to email@example.com" in told
    assert "citations@c4" not in told
    assert "\x1b" not in told


def test_rules_over_scores_are_told_with_the_scores_that_they_read(
    spark: SparkSession, tables: Tables, rows: Rows
) -> None:
    scored = RuleSet(
        name="both@test",
        source="invented",
        rules={"poor": Rule(drop_when="scores.topic < :least", thresholds={"least": 0.5})},
    )
    doc_id = rows["dataset_clean"][0]["doc_id"]
    verdict = [(doc_id, False, ["both@test.poor"], "en", 1)]
    score = [(doc_id, "quality", "1", 0.9, {"quality": 0.9, "topic": 0.25})]
    more = {
        "score_verdicts": spark.createDataFrame(verdict, schema_of("score_verdicts")),
        "scores": spark.createDataFrame(score, schema_of("scores")),
    }
    bare = with_stages({name: frame for name, frame in tables.items() if not name.startswith("dataset_")})
    found = explain(with_stages({**bare, **more}), (*RULE_SETS, scored), doc_id)
    [trace] = found.traces
    assert (trace.rules[-1].name, dict(trace.rules[-1].measured)) == ("both@test.poor", {"scores.topic": 0.25})
    assert [rule.failed for rule in trace.rules] == [False] * len(NAMES) + [True]
    assert "quality version 1: 0.9; topic 0.25" in text_of(found)
    assert "also in" not in text_of(found)
    [there] = explain(bare, RULE_SETS, doc_id, elsewhere={"clean": tables["dataset_clean"]}).traces
    assert there.elsewhere == ("clean",)
    assert not there.outcome.startswith("in data set")
    [other] = explain(with_stages({**bare, **more}), (*RULE_SETS, scored), rows["dataset_clean"][1]["doc_id"]).traces
    assert other.rules[-1].failed is None


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("prototype", "left out by prune_clusters: prototype"),
        ("low_score", "left out by publish: low_score"),
        ("no_score", "left out by publish: no_score"),
        ("already_published", "in data set clean; left out by publish: already_published"),
    ],
)
def test_the_reason_of_each_stage_is_named(last: Tables, rows: Rows, reason: str, expected: str) -> None:
    found = explain(last, RULE_SETS, left_out(rows)[reason])
    outcome = found.traces[0].outcome
    assert outcome.partition("; pairs of it")[0] == expected
    assert text_of(found).endswith(outcome)
