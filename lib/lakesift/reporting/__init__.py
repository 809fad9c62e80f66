"""What a lake holds and why, for people: the HTML report, the trace of one page, the data card."""

from __future__ import annotations
