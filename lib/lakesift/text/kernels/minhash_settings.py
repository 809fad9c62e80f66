"""Settings of shingles and MinHash bands: numbers, a preset, or a threshold."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from pydantic import ConfigDict, Field, model_validator

from lakesift.settings import Settings

PRESETS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        # huggingface/datatrove pipeline/dedup/minhash.py, MinhashConfig
        "datatrove": {"shingle": "words", "size": 5, "bands": 14, "rows": 8, "seed": 1},
        # data-prep-kit transforms/universal/fdedup, signature_calc
        "dpk": {"shingle": "words", "size": 5, "bands": 14, "rows": 8, "seed": 42},
        # NVIDIA-NeMo/Curator nemo_curator/modules/config.py, FuzzyDuplicatesConfig
        "nemo": {"shingle": "characters", "size": 24, "bands": 20, "rows": 13, "seed": 42},
        # togethercomputer/RedPajama-Data configs/rp_v2.0.conf: one signature of 128 values, bands for 0.7, 0.8 or 0.9
        "rpv2": {"shingle": "words", "size": 13, "permutations": 128, "threshold": 0.8},
    }
)
"""Shingles and bands of the named programs; the hash is ours in each (see `lakesift.text.kernels.minhash`)."""

PERMUTATIONS = 128
"""Length of a signature where only a threshold is given: datasketch.MinHashLSH, num_perm."""


class ShingleSettings(Settings):
    """The definition of a shingle."""

    shingle: Literal["words", "characters"] = Field(
        default="words", description="what a shingle is made of; datatrove, dedup/minhash.py, MinhashConfig"
    )
    size: int = Field(default=5, ge=1, le=1000, description="words or characters in a shingle; datatrove: n_grams")


def _with_shorthands(schema: dict[str, Any]) -> None:
    """Add the keys that stand for numbers to the JSON Schema."""
    preset = "numbers of this program; those that are given beside it win"
    threshold = "Jaccard similarity whose best bands and rows are taken, for a signature of `permutations` values"
    schema["properties"] |= {
        "preset": {"enum": list(PRESETS), "description": preset},
        "threshold": {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "description": threshold},
    }


class MinHashSettings(ShingleSettings):
    """Settings of near-duplicates; the defaults are datatrove's.

    A pair of documents with Jaccard similarity s shares at least one band with probability 1 - (1 - s^rows)^bands.

    Two more keys imply numbers, and explicit numbers take precedence: `preset`, one of `PRESETS`, and `threshold`,
    the Jaccard similarity for which `bands` and `rows` are the optimal ones (see `optimal_bands`) of a signature of
    `permutations` values. The settings keep the numbers only: equal numbers are equal settings.
    """

    model_config = ConfigDict(json_schema_extra=_with_shorthands)

    bands: int = Field(default=14, ge=1, le=1000, description="keys of a document; datatrove: num_buckets")
    rows: int = Field(default=8, ge=1, le=1000, description="minima hashed into one key; datatrove: hashes_per_bucket")
    seed: int = Field(default=1, ge=0, lt=2**32, description="of the permutations; datatrove: seed")
    permutations: int = Field(
        default=112,
        ge=1,
        le=10_000,
        description="length of a signature, bands * rows unless given; the values beyond those of the bands serve the"
        " estimate of similarity, and bands for another threshold (RedPajama v2 has 128)",
    )

    @model_validator(mode="before")
    @classmethod
    def _in_numbers(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        values = {**_preset(given.get("preset")), **{key: value for key, value in given.items() if key != "preset"}}
        threshold = values.pop("threshold", None)
        if {"bands", "rows"} <= given.keys():
            threshold = None
        if threshold is not None:
            values.setdefault("permutations", PERMUTATIONS)
            bands, rows = optimal_bands(_threshold(threshold), _length(values["permutations"]))
            values = {"bands": bands, "rows": rows, **values}
        bands, rows = (values.get(name, cls.model_fields[name].default) for name in ("bands", "rows"))
        if isinstance(bands, int) and isinstance(rows, int):
            values.setdefault("permutations", bands * rows)
        return values

    @model_validator(mode="after")
    def _fits(self) -> MinHashSettings:
        if self.bands * self.rows > self.permutations:
            raise ValueError(f"{self.bands} bands of {self.rows} rows need {self.bands * self.rows} permutations")
        return self


def _preset(name: Any) -> Mapping[str, Any]:
    if name is not None and name not in tuple(PRESETS):
        raise ValueError(f"there is no preset {name}: one of {', '.join(PRESETS)}")
    return PRESETS[name] if name is not None else {}


def _threshold(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given <= 1:
        raise ValueError(f"a threshold is a Jaccard similarity above 0, up to 1, not {given!r}")
    return float(given)


def _length(given: Any) -> int:
    # The search covers about permutations * ln(permutations) divisions of a signature.
    most = 10_000
    if isinstance(given, bool) or not isinstance(given, int) or not 0 < given <= most:
        raise ValueError(f"permutations is a whole number from 1 to {most}, not {given!r}")
    return given


@lru_cache
def optimal_bands(threshold: float, permutations: int) -> tuple[int, int]:
    """Return the bands and rows with the smallest area of false results.

    The area is the sum of false positives below the threshold and false negatives above it. Both are measured between
    the probability that a pair shares a band, 1 - (1 - s^rows)^bands, and the step at the threshold, over all
    similarities s (ekzhu/datasketch datasketch/lsh.py, `_optimal_param`, equal weights).

    Args:
        threshold: a Jaccard similarity, above 0 and up to 1.
        permutations: bands * rows is at most this.
    """
    from scipy.integrate import quad

    def error(bands: int, rows: int) -> float:
        def missed(similarity: float) -> float:
            return float((1 - similarity**rows) ** bands)

        return float(quad(lambda s: 1 - missed(s), 0, threshold)[0] + quad(missed, threshold, 1)[0])

    cuts = ((bands, rows) for bands in range(1, permutations + 1) for rows in range(1, permutations // bands + 1))
    return min(cuts, key=lambda cut: error(*cut))
