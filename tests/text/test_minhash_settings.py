"""Presets and thresholds become numbers, and only the numbers count."""

from __future__ import annotations

from typing import Any

import pytest
from datasketch import MinHashLSH
from pydantic import ValidationError

from lakesift.text.kernels.minhash_settings import MinHashSettings, optimal_bands


@pytest.mark.parametrize(
    ("threshold", "permutations"), [(0.7, 128), (0.8, 128), (0.9, 128), (0.5, 200), (0.85, 112), (0.3, 60)]
)
def test_bands_for_a_threshold_are_those_of_datasketch(threshold: float, permutations: int) -> None:
    index = MinHashLSH(threshold, permutations)
    assert optimal_bands(threshold, permutations) == (index.b, index.r)


@pytest.mark.parametrize(
    ("given", "numbers"),
    [
        ({}, ("words", 5, 14, 8, 112)),
        ({"preset": "datatrove"}, ("words", 5, 14, 8, 112)),
        ({"preset": "dpk"}, ("words", 5, 14, 8, 112)),
        ({"preset": "nemo"}, ("characters", 24, 20, 13, 260)),
        # RedPajama v2 cuts one signature of 128 values for each of its thresholds.
        ({"preset": "rpv2", "threshold": 0.7}, ("words", 13, 14, 9, 128)),
        ({"preset": "rpv2"}, ("words", 13, 9, 13, 128)),
        ({"preset": "rpv2", "threshold": 0.9}, ("words", 13, 5, 25, 128)),
        # Data-Juicer and text-dedup: 0.7 of 256 and of 240 permutations.
        ({"threshold": 0.7, "permutations": 256}, ("words", 5, 25, 10, 256)),
        ({"threshold": 0.7, "permutations": 240}, ("words", 5, 24, 10, 240)),
        ({"preset": "nemo", "bands": 10}, ("characters", 24, 10, 13, 130)),
        ({"preset": "rpv2", "bands": 4, "rows": 5}, ("words", 13, 4, 5, 128)),
        ({"threshold": 0.8, "size": 3}, ("words", 3, 9, 13, 128)),
    ],
)
def test_presets_and_thresholds_are_the_published_numbers_and_explicit_ones_win(
    given: dict[str, Any], numbers: tuple[object, ...]
) -> None:
    settings = MinHashSettings(**given)
    assert (settings.shingle, settings.size, settings.bands, settings.rows, settings.permutations) == numbers
    assert settings.seed == (42 if given.get("preset") in {"dpk", "nemo"} else 1)


def test_a_preset_and_its_numbers_are_one_setting() -> None:
    by_name, by_number = MinHashSettings(**{"preset": "datatrove"}), MinHashSettings(size=5, bands=14, rows=8)
    assert by_name == by_number
    assert by_name.model_dump_json() == by_number.model_dump_json()
    assert MinHashSettings.model_validate(by_name.model_dump()) == by_name


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"preset": "spark"}, "no preset spark: one of datatrove, dpk, nemo, rpv2"),
        ({"preset": ["nemo"]}, "no preset"),
        ({"threshold": 80}, "above 0, up to 1, not 80"),
        ({"threshold": True}, "above 0, up to 1"),
        ({"threshold": 0.8, "permutations": 0}, "from 1 to"),
        ({"bands": 10, "rows": 10, "permutations": 99}, "10 bands of 10 rows need 100 permutations"),
        ({"bands": "many"}, "bands"),
        ({"tresholds": 0.8}, "tresholds"),
    ],
)
def test_what_cannot_be_is_refused_and_said(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        MinHashSettings(**given)
