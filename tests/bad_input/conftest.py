from __future__ import annotations

from pathlib import Path

import pytest

from bad_input.command_line import written


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with `ingest.yml`, `whole.yml` and the archive `good.warc.gz` of five pages; the lake goes to `lake`."""
    return written(tmp_path)
