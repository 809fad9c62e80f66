from __future__ import annotations

import numpy as np
import pytest
from pyspark.errors import PythonException
from pyspark.sql import SparkSession

from lakesift.dedup.minhash.similarity import with_similarity

SCHEMA = "id BIGINT, first BINARY, second BINARY"

pytestmark = pytest.mark.spark


def signature(*values: int) -> bytes:
    return np.array(values, "<u4").tobytes()


def test_similarity_is_the_share_of_equal_values(spark: SparkSession) -> None:
    rows = [
        (1, signature(1, 2, 3, 4), signature(1, 2, 3, 4)),
        (2, signature(1, 2, 3, 4), signature(1, 9, 3, 4)),
        (3, signature(1, 2, 3, 4), signature(4, 3, 2, 1)),
        (4, None, signature(1, 2, 3, 4)),
        (5, signature(1, 2, 3, 2**32 - 1), signature(0, 0, 0, 2**32 - 1)),
    ]
    compared = with_similarity(spark.createDataFrame(rows, SCHEMA), "first", "second")
    assert compared.columns == ["id", "similarity"]
    assert dict(map(tuple, compared.collect())) == {1: 1.0, 2: 0.75, 3: 0.0, 4: None, 5: 0.25}


def test_the_estimate_lies_around_the_true_jaccard_similarity(spark: SparkSession) -> None:
    draw = np.random.default_rng(5)
    number, hashes = 2000, 112
    agree = draw.random((number, hashes)) < 0.8
    first = draw.integers(0, 2**31, (number, hashes), dtype=np.uint32)
    second = np.where(agree, first, first + np.uint32(1))
    rows = [(i, signature(*first[i]), signature(*second[i])) for i in range(number)]
    compared = with_similarity(spark.createDataFrame(rows, SCHEMA), "first", "second").orderBy("id")
    found = np.array([row.similarity for row in compared.collect()])
    np.testing.assert_array_equal(found, agree.mean(axis=1))


def test_signatures_of_two_settings_are_refused(spark: SparkSession) -> None:
    rows = [(1, signature(1, 2), signature(1, 2, 3))]
    with pytest.raises(PythonException, match=r"documents\.signature: signatures of 8 and 12 bytes"):
        with_similarity(spark.createDataFrame(rows, SCHEMA), "first", "second").collect()
