"""`python -m benchmarks.dedup_quality`: what MinHash finds of real near-duplicates, beside theory; writes docs/deduplication.md.

A pair is found when the signatures of its texts have a band in common. Theory says that this happens with probability
1 - (1 - s^rows)^bands, s being the exact Jaccard similarity of the texts' shingles (Leskovec, Rajaraman, Ullman, "Mining of
Massive Datasets", section 3.4.2).
"""

from __future__ import annotations

import gzip
import json
import sys
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa
import yaml
from matplotlib import rcParams
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.kernels.jaccard import jaccard
from lakesift.text.kernels.minhash import band_keys, signatures
from lakesift.text.kernels.minhash_settings import MinHashSettings

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "near_duplicates"
DOCUMENT, CURVES = ROOT / "docs" / "deduplication.md", ROOT / "docs" / "deduplication_recall.svg"
CHOICES: dict[str, dict[str, object]] = {
    "datatrove, dpk": {"preset": "datatrove"},
    "nemo": {"preset": "nemo"},
    "rpv2, 0.7": {"preset": "rpv2", "threshold": 0.7},
    "rpv2, 0.8": {"preset": "rpv2", "threshold": 0.8},
    "rpv2, 0.9": {"preset": "rpv2", "threshold": 0.9},
    "threshold: 0.8": {"threshold": 0.8},
}
EDGES = np.array([0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
SEEDS = 100
ERRORS_ALLOWED = 3
BELOW = 0.1
"""A found pair that was not planted is still a near-duplicate when its similarity is so little below the threshold."""


@dataclass(frozen=True)
class Band:
    """The pairs whose exact similarity is in a range: how many, the share that is found, that of theory, and its error."""

    low: float
    high: float
    pairs: int
    found: float
    theory: float
    error: float

    @property
    def agrees(self) -> bool:
        """Whether what was found is within the sampling error of theory."""
        return abs(self.found - self.theory) <= ERRORS_ALLOWED * self.error + 1e-12


def main() -> None:
    """Measure and write."""
    if not DATA.is_dir():
        sys.exit(f"the test data are not in {DATA}")
    versions, pairs = article_versions()
    chosen = {name: MinHashSettings.model_validate(given) for name, given in CHOICES.items()}
    bands = {name: recall(versions, pairs, settings) for name, settings in chosen.items()}
    draw(chosen, bands)
    DOCUMENT.write_text(page(chosen, bands, len(pairs)), encoding="utf-8")
    print(f"written: {DOCUMENT}, {CURVES}")


def article_versions() -> tuple[list[str], NDArray[np.int64]]:
    """One article through several extractors: the texts, and the places of both texts of each pair of one article."""
    with gzip.open(DATA / "article_versions.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    articles: dict[str, list[int]] = {}
    for place, record in enumerate(records):
        articles.setdefault(record["article"], []).append(place)
    pairs = [pair for places in articles.values() for pair in combinations(places, 2)]
    return [record["text"] for record in records], np.array(pairs)


def planted_articles() -> tuple[list[str], set[frozenset[int]]]:
    """A thousand texts, and the pairs among them that were planted."""
    with gzip.open(DATA / "articles_1000.train.gz", "rt", encoding="utf-8") as lines:
        named = dict(line.rstrip("\n").split(" ", 1) for line in lines)
    places = {name: place for place, name in enumerate(named)}
    with gzip.open(DATA / "articles_1000.truth.gz", "rt", encoding="utf-8") as lines:
        planted = {frozenset(places[name] for name in line.split()) for line in lines}
    return list(named.values()), planted


def exact(texts: list[str], pairs: NDArray[np.int64], settings: MinHashSettings) -> NDArray[np.float64]:
    """The Jaccard similarity of each pair; 0 where a text has no shingle."""
    column = pa.array(texts, pa.string())
    left, right = (buffers_of(column.take(pa.array(pairs[:, side]))) for side in (0, 1))
    return np.nan_to_num(jaccard(left, right, settings))


def keys_of(texts: list[str], settings: MinHashSettings) -> list[list[int]]:
    """The band keys of each text."""
    found: list[list[int]] = band_keys(signatures(buffers_of(pa.array(texts)), settings), settings).to_pylist()
    return found


def chance(similarity: NDArray[np.float64], settings: MinHashSettings) -> NDArray[np.float64]:
    """The probability that a pair is found."""
    return 1 - (1 - similarity**settings.rows) ** settings.bands


def recall(texts: list[str], pairs: NDArray[np.int64], settings: MinHashSettings) -> list[Band]:
    """What is found of the pairs, over many seeds: these are independent, which pairs of one article are not."""
    similarity = exact(texts, pairs, settings)
    place = np.minimum(np.searchsorted(EDGES, similarity, side="right") - 1, len(EDGES) - 2)
    found = np.zeros((SEEDS, len(pairs)), bool)
    for seed in range(SEEDS):
        keys = [set(keys) for keys in keys_of(texts, settings.model_copy(update={"seed": seed}))]
        found[seed] = [not keys[first].isdisjoint(keys[second]) for first, second in pairs]
    bands = []
    for number in range(len(EDGES) - 1):
        inside = place == number
        if inside.any():
            shares = found[:, inside].mean(axis=1)
            theory = float(chance(similarity[inside], settings).mean())
            # Where no seed found or missed anything, the error is that of the rarer outcome under theory.
            least = np.sqrt(theory * (1 - theory) / (SEEDS * inside.sum()))
            error = max(float(shares.std(ddof=1) / np.sqrt(SEEDS)), float(least))
            bands.append(Band(EDGES[number], EDGES[number + 1], int(inside.sum()), float(shares.mean()), theory, error))
    return bands


@dataclass(frozen=True)
class Planted:
    """Of the thousand texts: planted pairs, those of them found and those that theory expects, other pairs found, and the
    smallest exact similarity of all found."""

    pairs: int
    found: int
    expected: float
    others: int
    least: float


def planted(settings: MinHashSettings) -> Planted:
    """What is found of the pairs that were planted, and beside them."""
    texts, truth = planted_articles()
    buckets: dict[int, list[int]] = {}
    for place, keys in enumerate(keys_of(texts, settings)):
        for key in keys:
            buckets.setdefault(key, []).append(place)
    found = {frozenset(pair) for places in buckets.values() for pair in combinations(places, 2)}
    expected = float(chance(exact(texts, np.array([sorted(pair) for pair in truth]), settings), settings).sum())
    similarity = exact(texts, np.array([sorted(pair) for pair in found]).reshape(-1, 2), settings)
    return Planted(len(truth), len(found & truth), expected, len(found - truth), float(similarity.min(initial=1.0)))


def draw(chosen: dict[str, MinHashSettings], bands: dict[str, list[Band]]) -> None:
    """The curves of theory with what was found, as SVG: the same bytes for the same figures."""
    rcParams["svg.hashsalt"] = "lakesift"
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    axis = np.linspace(0, 1, 201)
    for number, (name, settings) in enumerate(chosen.items()):
        label = f"{name}: {settings.bands} x {settings.rows}"
        axes.plot(axis, chance(axis, settings), color=f"C{number}", label=label, linewidth=1.2)
        middle = [(band.low + band.high) / 2 for band in bands[name]]
        # A band's point stands on the curve's height at its own pairs, not at its middle.
        at = [float(np.interp(band.theory, chance(axis, settings), axis)) for band in bands[name]]
        found, error = ([getattr(band, field) for band in bands[name]] for field in ("found", "error"))
        places = [a if 0 < a < 1 else m for a, m in zip(at, middle, strict=True)]
        axes.errorbar(places, found, error, fmt="o", markersize=4, color=f"C{number}", capsize=2)
    axes.set_xlabel("exact Jaccard similarity of the pair's shingles")
    axes.set_ylabel("share of the pairs that is found")
    axes.legend(frameon=False)
    CURVES.parent.mkdir(exist_ok=True)
    figure.savefig(CURVES, metadata={"Date": None})


def page(chosen: dict[str, MinHashSettings], bands: dict[str, list[Band]], pairs: int) -> str:
    """The document."""
    recipes = []
    for file in sorted((ROOT / "conf").glob("dedup_*.yml")):
        recipe = yaml.safe_load(file.read_text(encoding="utf-8"))
        recipes.append(f"| [{file.stem}](../conf/{file.name}) | {recipe['description']} |")
    found = []
    for name, settings in chosen.items():
        told = planted(settings)
        threshold = (1 / settings.bands) ** (1 / settings.rows)
        holds = "holds" if told.least >= threshold - BELOW else "DOES NOT HOLD"
        found.append(
            f"| {name} | {threshold:.2f} | {told.found} of {told.pairs} | {told.expected:.1f} | {told.others} | "
            f"{told.least:.2f} (>= {threshold - BELOW:.2f}: {holds}) |"
        )
    tables = []
    for name, settings in chosen.items():
        rows = "\n".join(
            f"| {band.low:.1f} to {band.high:.1f} | {band.pairs} | {band.found:.4f} | {band.theory:.4f} | {band.error:.4f} | "
            f"{'yes' if band.agrees else 'NO'} |"
            for band in bands[name]
        )
        what = f"{settings.size} {settings.shingle}, {settings.bands} bands of {settings.rows}"
        tables.append(
            f"### {name}\n\n{what}, signature of {settings.permutations}.\n\n"
            f"| Jaccard | pairs | found | theory | standard error | within {ERRORS_ALLOWED} |\n|---|---|---|---|---|---|\n{rows}\n"
        )
    return TEXT.format(
        recipes="\n".join(recipes), planted="\n".join(found), bands="\n".join(tables), pairs=pairs, seeds=SEEDS
    )


TEXT = """# Deduplication

Written by `make quality` (benchmarks/dedup_quality.py), not by hand.

| recipe | action |
|---|---|
{recipes}

Any of their stages can be combined in one recipe: each sees the documents, and their texts, as the stages before have left them; only
`near_duplicates` compares texts as the step `minhash` read them, before any cut. The order with the least work is exact duplicates,
near-duplicates, then substrings and contamination. [A new crawl against published data sets](next_crawl.md).

## MinHash: settings

```yaml
- minhash: {{preset: nemo}}                       # datatrove, dpk, nemo, rpv2: shingles, bands, rows and seed of these programs
- minhash: {{preset: rpv2, threshold: 0.9}}       # RedPajama v2 cuts one signature of 128 values for 0.7, 0.8 (default) or 0.9
- minhash: {{threshold: 0.8, permutations: 256}}  # bands and rows with the fewest errors around 0.8, as datasketch finds them
- minhash: {{size: 5, bands: 14, rows: 8}}        # in numbers; numbers take precedence over a preset and a threshold
```

The plan, the fingerprint and the index of published documents have the numbers only. Signatures are those of
`datasketch.MinHash(scheme="affine32")` bit for bit. The presets have each program's shingles and bands, not its hash
function.

`near_duplicates` links each document of a bucket with the bucket's first: n - 1 edges and not n^2/2, so that a template on half of
all pages costs no more than other pages. With `min_similarity` a pair is linked only when it is similar enough, by the share of equal
signature values (`verify: signature`) or by the exact Jaccard similarity of the texts' shingles (`verify: jaccard`); each document is then
compared with the first `anchors` documents of its buckets. `most_in_bucket` is the maximum number of documents of a bucket; those beyond are only
counted. The results are in `runs.counts` and in the report: candidate_pairs, linked_pairs, rejected_pairs, documents_beyond_bucket.

## Planted near-duplicates

1,000 news articles with planted pairs (chrisjmccormick/MinHash). The threshold of a setting is (1/bands)^(1/rows). A pair counts as
found when it shares a band, before any verification. Theory expects fewer than all pairs where shingles of 13 words make the planted
pairs less similar than a high threshold requires.

| setting | threshold | planted pairs found | expected | other pairs found | smallest exact Jaccard of a found pair |
|---|---|---|---|---|---|
{planted}

## Recall by similarity

{pairs} pairs of versions of an article, as different extractors took it from its page (scrapinghub/article-extraction-benchmark), with {seeds}
seeds each. Theory is the mean of 1 - (1 - s^rows)^bands over the band's pairs, s their exact similarity. The error is that of the mean
over the seeds, because pairs that share a text are not independent.

![share of pairs found by exact similarity](deduplication_recall.svg)

{bands}"""


if __name__ == "__main__":
    main()
