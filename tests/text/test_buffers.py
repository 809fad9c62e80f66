"""Texts cross between Arrow and kernels without a copy and come back equal."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakesift.text.kernels.buffers import TextBuffers, array_of, buffers_of, strings_of

texts = st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=12)


@given(texts, st.integers(0, 5), st.sampled_from([pa.string(), pa.large_string()]))
def test_slices_come_back_equal_with_nulls_as_empty_texts(
    each: list[str | None], skipped: int, kind: pa.DataType
) -> None:
    buffers = buffers_of(pa.array(each, kind).slice(skipped))
    assert array_of(buffers).to_pylist() == [text or "" for text in each[skipped:]]
    assert strings_of(buffers) == array_of(buffers).to_pylist()
    assert len(buffers) == len(each[skipped:])


def test_bytes_behind_a_null_are_not_text() -> None:
    offsets = pa.py_buffer(np.array([0, 1, 4, 5], np.int32))
    array = pa.StringArray.from_buffers(3, offsets, pa.py_buffer(b"aXXXb"), pa.py_buffer(b"\x05"))
    assert array_of(buffers_of(array)).to_pylist() == ["a", "", "b"]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_text_is_not_copied(kind: pa.DataType) -> None:
    array = pa.array(["some", "text"], kind)
    assert buffers_of(array).data.ctypes.data == array.buffers()[2].address


def test_bytes_that_are_no_text_are_marked_in_strings() -> None:
    data = np.frombuffer(b"a\xff\xc3\xa9\xc3", np.uint8)
    assert strings_of(TextBuffers(data, np.array([1, 2, 4, 5]))) == ["\ufffd", "é", "\ufffd"]
