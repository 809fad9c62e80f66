"""Deduplication in Daft: its own minhash, buckets by groups, connected components by alternating stars.

    python -m benchmarks.peers.daft_dedup CORPUS WORK [BEFORE]

The documents' numbers stand for them. Prints one line of JSON: seconds of each step, documents, and how many of them
are dropped. With BEFORE, a smaller corpus, the job is done with that first, in the same process, and this is of the second
time.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import daft
from daft import DataFrame, col, lit
from daft.functions import columns_min

BANDS, ROWS, SIZE, SEED = 14, 8, 5, 1


def main() -> None:
    """Run the job."""
    corpus, work, *before = map(Path, sys.argv[1:])
    said = [job(f"{each}/*.parquet", work / str(number)) for number, each in enumerate([*before, corpus])]
    print(json.dumps(said[-1]))


def job(corpus: str, work: Path) -> dict[str, Any]:
    """Deduplicate a corpus, with what each step wrote in the folder `work`: what is printed."""
    seconds: dict[str, float] = {}
    begun = time.perf_counter()

    def ended(step: str) -> None:
        nonlocal begun
        seconds[step] = round(time.perf_counter() - begun, 2)
        begun = time.perf_counter()

    def stage(frame: DataFrame, name: str) -> DataFrame:
        frame.write_parquet(str(work / name))
        return daft.read_parquet(str(work / name / "*.parquet"))

    text = col("text").normalize(remove_punct=True, lowercase=True, nfd_unicode=True, white_space=True)
    hashes = text.minhash(num_hashes=BANDS * ROWS, ngram_size=SIZE, seed=SEED, hash_function="xxhash3_64")
    sketched = stage(daft.read_parquet(corpus).select("number", hashes.alias("hashes")), "sketched")
    ended("signatures")
    edges = stage(edges_of_buckets(sketched), "edges")
    ended("buckets")
    dropped = stage(components(edges), "components").select("number")
    ended("clusters")
    stage(daft.read_parquet(corpus).join(dropped, on="number", how="anti"), "kept")
    ended("writing what is kept")
    return {"seconds": seconds, "documents": sketched.count_rows(), "dropped": dropped.count_rows()}


def edges_of_buckets(sketched: DataFrame) -> DataFrame:
    """Edges from the smallest number of each bucket to its others: larger, smaller."""
    banded = sketched.select("number", col("hashes").chunk(ROWS).alias("band"), lit(list(range(BANDS))).alias("place"))
    buckets = (
        banded.explode("band", "place")
        .select("number", "place", col("band").hash().alias("key"))
        .groupby("place", "key")
        .agg(col("number").list_agg().alias("numbers"))
    )
    stars = buckets.select("numbers", col("numbers").list_min().alias("smaller")).explode("numbers")
    return stars.select(col("numbers").alias("larger"), "smaller").where(col("larger") != col("smaller")).distinct()


def components(edges: DataFrame) -> DataFrame:
    """Every number of a component but its smallest, with that: number, component (Kiveris et al. 2014)."""
    edges = edges.collect()
    before = None
    while (now := weighed(edges)) != before:
        before = now
        edges = small_star(large_star(edges).collect()).collect()
    return edges.select(col("larger").alias("number"), col("smaller").alias("component"))


def weighed(edges: DataFrame) -> tuple[object, ...]:
    """Changes with every round that changes an edge: the ends only ever become smaller."""
    sums = edges.agg(col("larger").count().alias("n"), col("larger").sum().alias("u"), col("smaller").sum().alias("v"))
    return tuple(column[0] for column in sums.to_pydict().values())


def large_star(edges: DataFrame) -> DataFrame:
    """Links every larger neighbour of a number to the smallest of the number and its neighbours."""
    both = edges.select(col("larger").alias("node"), col("smaller").alias("neighbour")).union_all(
        edges.select(col("smaller").alias("node"), col("larger").alias("neighbour"))
    )
    grouped = both.groupby("node").agg(col("neighbour").list_agg().alias("neighbours"))
    least = col("neighbours").list_min()
    smallest = grouped.select("node", "neighbours", columns_min(least, col("node")).alias("smaller"))
    linked = smallest.explode("neighbours").where(col("neighbours") > col("node"))
    return linked.select(col("neighbours").alias("larger"), "smaller").distinct()


def small_star(edges: DataFrame) -> DataFrame:
    """Links a number and its smaller neighbours to the smallest of them."""
    grouped = edges.groupby("larger").agg(col("smaller").list_agg().alias("neighbours"))
    smallest = grouped.select("larger", "neighbours", col("neighbours").list_min().alias("smaller"))
    moved = smallest.explode("neighbours").where(col("neighbours") != col("smaller"))
    own = smallest.select("larger", "smaller")
    return own.union_all(moved.select(col("neighbours").alias("larger"), "smaller")).distinct()


if __name__ == "__main__":
    main()
