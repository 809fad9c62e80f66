"""JSON of pages is read whatever its writers leave around and in it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from lakesift.extraction.tolerant_json import parsed_json


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('{"a": 1}', {"a": 1}),
        (
            '/* made by a plugin */ {"a": 1, // one\n "b": "http://x.example/*not a comment*/"}',
            {"a": 1, "b": "http://x.example/*not a comment*/"},
        ),
        ('// <![CDATA[\n{"a": [1, 2, ],}\n// ]]>', {"a": [1, 2]}),
        ('<!-- {"a": "x,]"} -->', {"a": "x,]"}),
        ('{"a": "two\nlines",}', {"a": "two\nlines"}),
        ('{"a": "quoted \\" // and \\\\"} trailing', {"a": 'quoted " // and \\'}),
        ("no json", None),
        ("", None),
        ("/* never closed {", None),
        ("[" * 100_000, None),
    ],
)
def test_a_script_says_what_its_writer_meant(script: str, expected: Any) -> None:
    assert parsed_json(script) == expected


@pytest.mark.parametrize("hostile", ["/*", '"', '\\"', "//", ",", '"a",', "/* */", ",]"])
def test_time_is_linear(hostile: str) -> None:
    began = time.process_time()
    parsed_json("{" + hostile * 200_000)
    assert time.process_time() - began < 5
