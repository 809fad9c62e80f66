"""The only module that reads the clock and draws random names."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


def new_run_id() -> str:
    """A name for a run that sorts by time: `20261124T004500-1f3a9c`."""
    return f"{now():%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}"


def seconds() -> float:
    """Seconds of a clock that only goes forward, for durations."""
    return time.monotonic()
