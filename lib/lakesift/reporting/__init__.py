"""What a lake holds and why, for people: the HTML report, one page's way, the data card."""

from __future__ import annotations
