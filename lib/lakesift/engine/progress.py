"""What a person sees of a long run: one live line per stage on a terminal, one log line per stage elsewhere."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from lakesift.clock import seconds

REFRESH_SECONDS = 0.5


class Progress:
    """Writes one line per stage.

    Args:
        stream: where to; standard error when left out.
        quiet: write nothing.
    """

    def __init__(self, stream: TextIO | None = None, quiet: bool = False) -> None:
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty() and not quiet
        self.quiet = quiet

    @contextmanager
    def stage(self, place: str, name: str) -> Iterator[list[str]]:
        """Shows a stage while it works; what is put into the list it gives stands at the end of the final line."""
        begun, facts = seconds(), list[str]()
        stop = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(stop, place, name, begun), daemon=True)
        if self.live:
            ticker.start()
        outcome = "failed"
        try:
            yield facts
            outcome = "done"
        except KeyboardInterrupt:
            outcome = "ended"
            raise
        finally:
            stop.set()
            if self.live:
                ticker.join()
            detail = ", ".join(facts)
            self.line(f"{place} {name:<16} {outcome:<6} {seconds() - begun:7.1f} s  {detail}".rstrip())

    def line(self, text: str) -> None:
        """One line, over the live one if there is one."""
        if not self.quiet:
            self.stream.write(("\r\x1b[K" if self.live else "") + text + "\n")
            self.stream.flush()

    def _tick(self, stop: threading.Event, place: str, name: str, begun: float) -> None:
        while not stop.wait(REFRESH_SECONDS):
            self.stream.write(f"\r\x1b[K{place} {name:<16} working {seconds() - begun:6.1f} s")
            self.stream.flush()
