"""Promises of the smallest kernels."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lakesift.text.bytes import number_of, places_of


@given(st.sets(st.integers(0, 2**64 - 1), max_size=80), st.integers(0, 2**64 - 1))
def test_a_hash_is_found_where_it_stands_and_another_is_not(known: set[int], other: int) -> None:
    hashes = np.array([*known], np.uint64)
    places = places_of(hashes)
    assert [number_of(hashes, places, wanted) for wanted in hashes] == [*range(len(hashes))]
    assert number_of(hashes, places, np.uint64(other)) == ([*known].index(other) if other in known else -1)
