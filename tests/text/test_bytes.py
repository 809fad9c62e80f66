"""Promises of the smallest kernels."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lakesift.text.kernels.bytes import insert_key, slot_of


@given(st.sets(st.integers(1, 2**64 - 1), max_size=80), st.integers(0, 2**64 - 1))
def test_a_hash_is_found_where_it_stands_and_another_is_not(known: set[int], other: int) -> None:
    keys = np.zeros(128, np.uint64)
    slots = {key: insert_key(keys, key) for key in known}
    assert len(set(slots.values())) == len(known)
    assert {key: slot_of(keys, 0, len(keys), np.uint64(key)) for key in known} == slots
    assert slot_of(keys, 0, len(keys), np.uint64(other)) == slots.get(other, -1)
