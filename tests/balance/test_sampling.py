from __future__ import annotations

import random
from collections import Counter
from math import prod, sqrt

import pytest
import xxhash
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakesift.balance.count_entries import CountSettings, count_entries
from lakesift.balance.draw import DrawSettings, draw
from lakesift.balance.metaclip.sampling import expected_kept_curve, t_for_language, tail_share, uniform

MATCHES = "pair_id STRING, entries ARRAY<BIGINT>"
ENTRIES = "entry_id BIGINT, entry STRING, language STRING"
COUNTS = "language STRING, count BIGINT"
REFERENCE = [1, 2, 3, 5, 8, 13, 100, 400, 900]

pytestmark = pytest.mark.spark


def entries_of(spark: SparkSession, number: int) -> DataFrame:
    return spark.createDataFrame([(i, f"e{i}", "en") for i in range(number)], ENTRIES)


def probabilities(spark: SparkSession, *values: float) -> DataFrame:
    return spark.createDataFrame(list(enumerate(values)), "entry_id BIGINT, probability DOUBLE")


def random_matches(number: int) -> list[tuple[str, list[int]]]:
    """Entry i is about 1 / (i + 1) as frequent as entry 0; some pairs have none."""
    drawn = random.Random(8)
    return [
        (f"{pair:032x}", sorted({int(21 ** drawn.random()) - 1 for _ in range(drawn.randrange(5))}))
        for pair in range(number)
    ]


def uniform_of(seed: int, pair_id: str, entry_id: int) -> float:
    """Spark's xxhash64 written out: XXH64 of each value, seeded with the hash so far, 42 first."""
    state = xxhash.xxh64_intdigest(seed.to_bytes(8, "little", signed=True), 42)
    state = xxhash.xxh64_intdigest(pair_id.encode(), state)
    state = xxhash.xxh64_intdigest(entry_id.to_bytes(8, "little", signed=True), state)
    return (state >> 11) / 2**53


def test_counts_and_probabilities_are_exact(spark: SparkSession) -> None:
    found = random_matches(3000)
    matches = spark.createDataFrame(found, MATCHES)
    counts = Counter(entry for _, entries in found for entry in entries)
    rows = count_entries(matches, entries_of(spark, 25), CountSettings(t=200)).collect()
    assert {row.entry_id: row["count"] for row in rows} == {entry: counts[entry] for entry in range(25)}
    assert {row.entry_id: row.probability for row in rows} == {i: 200 / max(counts[i], 200) for i in range(25)}
    assert counts[0] > 200 > counts[19] > 0 == counts[24]


def test_the_share_in_the_tail_is_the_references(spark: SparkSession) -> None:
    counts = spark.createDataFrame([("en", count) for count in REFERENCE] + [("de", 0)], COUNTS)
    assert tail_share(counts, "en", 50).first()["tail_share"] == pytest.approx(0.0223463687, abs=1e-10)  # type: ignore[index]
    assert tail_share(counts, "de", 50).first()["tail_share"] == 1.0  # type: ignore[index]


@pytest.mark.parametrize(("share", "t"), [(32 / 1432, 13), (0.1, 100), (0.5, 400), (0.0, 1), (1.0, 900)])
def test_t_of_a_language_is_the_references(spark: SparkSession, share: float, t: int) -> None:
    rows = [("xx", count) for count in REFERENCE] + [("none", 0), ("none", 0), ("one", 7)]
    counts = spark.createDataFrame(rows, COUNTS).repartition(3)
    found = t_for_language(counts, spark.createDataFrame([(share,)], "tail_share DOUBLE"))
    assert {row.language: row.t for row in found.collect()} == {"xx": t, "none": 1, "one": 7}


def test_t_is_kept_for_its_language_and_worked_out_for_others(spark: SparkSession) -> None:
    def repeated(first: int) -> list[tuple[str, list[int]]]:
        return [
            (f"{first + entry}-{i}", [first + entry]) for entry, count in enumerate(REFERENCE) for i in range(count)
        ]

    entries = [(first + i, f"e{i}", language) for first, language in ((0, "en"), (100, "de")) for i in range(9)]
    matches = spark.createDataFrame(repeated(0) + repeated(100), MATCHES)
    settings = CountSettings(t=50, t_is_for="en")
    rows = count_entries(matches, spark.createDataFrame(entries, ENTRIES), settings).collect()
    assert {(row.language, row.t) for row in rows} == {("en", 50), ("de", 13)}
    assert {row.probability for row in rows if row.entry_id in (8, 108)} == {50 / 900, 13 / 900}


def test_hashes_are_spread_over_zero_to_one_and_reproducible(spark: SparkSession) -> None:
    frame = spark.range(20_000).select("id", F.lower(F.hex("id")).alias("pair_id"))
    rows = frame.select("id", "pair_id", uniform(-3, F.col("pair_id"), F.col("id")).alias("u")).collect()
    assert all(row.u == uniform_of(-3, row.pair_id, row.id) for row in rows[:500])
    assert 0 <= min(row.u for row in rows) < max(row.u for row in rows) < 1
    assert sum(row.u for row in rows) / len(rows) == pytest.approx(0.5, abs=4 / sqrt(12 * 20_000))


def test_a_pairs_chance_is_that_of_any_of_its_entries(spark: SparkSession) -> None:
    counts = probabilities(spark, 1 / 3, 1 / 4, 1 / 10, 0.1, 0.1 / 9, 1.0)
    found = [("a", [0, 1, 2]), ("b", [3, 4]), ("c", [5, 0]), ("d", []), ("e", [1])]
    rows = draw(spark.createDataFrame(found, MATCHES), counts, DrawSettings()).collect()
    chances = {row.pair_id: row.probability for row in rows}
    assert chances == pytest.approx({"a": 0.55, "b": 0.11, "c": 1.0, "d": 0.0, "e": 0.25}, abs=1e-15)
    assert {row.pair_id: row.kept for row in rows if row.pair_id in "cd"} == {"c": True, "d": False}


def test_draws_are_those_of_ten_lines_of_python(spark: SparkSession) -> None:
    found = random_matches(2000)
    p = [200 / max(count, 200) for count in range(1200, 0, -60)]
    rows = draw(spark.createDataFrame(found, MATCHES), probabilities(spark, *p), DrawSettings(seed=9)).collect()
    drawn = {row.pair_id: (row.probability, row.kept) for row in rows}
    assert len(rows) == len(found)
    for pair_id, entries in found:
        probability, kept = drawn[pair_id]
        assert probability == pytest.approx(1 - prod(1 - p[entry] for entry in entries), abs=1e-12)
        assert kept == any(uniform_of(9, pair_id, entry) < p[entry] for entry in entries)


def test_the_share_kept_is_the_chance(spark: SparkSession) -> None:
    number = 40_000
    pairs = spark.range(number).select(F.sha2(F.col("id").cast("string"), 256).alias("pair_id"))
    matches = pairs.withColumn("entries", F.array(*[F.lit(entry).cast("bigint") for entry in range(3)]))
    kept = draw(matches, probabilities(spark, 1 / 3, 1 / 4, 1 / 10), DrawSettings(seed=1)).where("kept").count()
    assert kept / number == pytest.approx(0.55, abs=4 * sqrt(0.55 * 0.45 / number))


def test_draws_are_the_same_for_any_partitioning_and_others_for_another_seed(spark: SparkSession) -> None:
    matches = spark.createDataFrame(random_matches(3000), MATCHES)
    entries = entries_of(spark, 20)

    def run(partitions: int, seed: int) -> list[object]:
        split = matches.repartition(partitions)
        counts = count_entries(split, entries.repartition(partitions), CountSettings(t=100))
        curve = expected_kept_curve(split, counts, [10, 100]).orderBy("t").collect()
        return [*draw(split, counts, DrawSettings(seed=seed)).orderBy("pair_id").collect(), *curve]

    assert run(1, 0) == run(7, 0) != run(1, 1)


def test_a_larger_t_keeps_more_and_an_endless_one_all_matched(spark: SparkSession) -> None:
    found = random_matches(2000)
    matches = spark.createDataFrame(found, MATCHES)
    matched = {pair_id for pair_id, entries in found if entries}
    previous: set[str] = set()
    for t in (1, 50, 400, 2**62):
        counts = count_entries(matches, entries_of(spark, 20), CountSettings(t=t))
        kept = {row.pair_id for row in draw(matches, counts, DrawSettings()).where("kept").collect()}
        assert previous <= kept <= matched
        previous = kept
    assert previous == matched


def test_the_curve_is_the_sum_of_chances(spark: SparkSession) -> None:
    found = random_matches(2000)
    matches = spark.createDataFrame(found, MATCHES)
    counts = Counter(entry for _, entries in found for entry in entries)
    frame = count_entries(matches, entries_of(spark, 22), CountSettings())
    rows = {row.t: row for row in expected_kept_curve(matches, frame, [1, 77, 10**6]).collect()}
    for t in (1, 77, 10**6):
        expected = sum(1 - prod(1 - t / max(counts[e], t) for e in entries) for _, entries in found)
        assert rows[t].expected_pairs == pytest.approx(expected, abs=1e-6)
        assert rows[t].balanced_matches == sum(min(count, t) for count in counts.values())
    assert rows[10**6].expected_pairs == sum(1 for _, entries in found if entries)


def test_the_curve_of_no_matches_is_zero(spark: SparkSession) -> None:
    matches = spark.createDataFrame([("a", [])], MATCHES)
    counts = count_entries(matches, entries_of(spark, 2), CountSettings())
    assert [tuple(row) for row in expected_kept_curve(matches, counts, [5]).collect()] == [(5, 0, 0.0)]
