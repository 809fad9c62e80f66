"""Tell people what a lake holds and why: report, trace of a page, data card."""

from __future__ import annotations
