from __future__ import annotations

import pytest
import yaml

from lakesift.recipe.yaml_lines import line_of, load_with_lines

TEXT = """name: a
stages:
  - ingest:
      range_bytes: 3
  - publish: {dataset: x}
"""


def test_every_value_has_its_line() -> None:
    values, lines = load_with_lines(TEXT)
    assert values["stages"][0] == {"ingest": {"range_bytes": 3}}
    assert lines[("stages", 0, "ingest", "range_bytes")] == 4
    assert lines[("stages", 1, "publish", "dataset")] == 5


def test_a_value_that_is_not_in_the_file_has_the_line_of_its_parent() -> None:
    _, lines = load_with_lines(TEXT)
    assert line_of(("stages", 0, "ingest", "caps", "max_text_bytes"), lines) == 3
    assert line_of(("nothing",), lines) == 1


def test_a_key_that_stands_twice_is_an_error() -> None:
    with pytest.raises(yaml.YAMLError, match=r"line 2: a stands twice"):
        load_with_lines("a: 1\na: 2\n")


def test_empty_text_is_none() -> None:
    assert load_with_lines("")[0] is None
