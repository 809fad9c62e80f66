"""Processor seconds of a pass, and two sides measured in turn; only the standard library, for the peers load it too."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

LEAST_SECONDS = 0.5
"""A pass is repeated until it took so long, so that the clock's steps and short disturbances count little."""


@dataclass(frozen=True)
class Timed:
    """What one measurement gave: seconds of a pass, and what the pass returned."""

    seconds: float
    result: Any

    def to_json(self) -> str:
        """As one line."""
        return json.dumps({"seconds": self.seconds, "result": self.result})


@dataclass(frozen=True)
class Comparison:
    """Two sides measured in turn.

    Attributes:
        ours, theirs: medians of the seconds.
        ratios: theirs / ours of each pair, ascending.
        our_result, their_result: what the last passes returned.
    """

    ours: float
    theirs: float
    ratios: tuple[float, ...]
    our_result: Any
    their_result: Any

    @property
    def ratio(self) -> float:
        """Median of the ratios: how many times faster ours is."""
        return median(self.ratios)

    @property
    def spread(self) -> str:
        """Smallest and largest ratio, and of how many pairs."""
        pairs = len(self.ratios)
        return f"{self.ratios[0]:.3g}-{self.ratios[-1]:.3g} of {pairs}" if pairs > 1 else "one pair"


def timed(work: Callable[[], Any], least: float = LEAST_SECONDS) -> Timed:
    """Processor time of one pass of this process, all its threads: the mean over passes that take `least` seconds.

    Other work on the machine lengthens the time on the wall, but hardly this one.
    """
    passes, start = 0, time.process_time()
    while True:
        result = work()
        passes += 1
        spent = time.process_time() - start
        if spent >= least:
            return Timed(spent / passes, result)


def compared(ours: Callable[[], Timed], theirs: Callable[[], Timed], rounds: int) -> Comparison:
    """Measure both sides `rounds` times in turn, each round the other one first."""
    pairs: list[tuple[Timed, Timed]] = []
    for number in range(rounds):
        if number % 2:
            second = theirs()
            pairs.append((ours(), second))
        else:
            first = ours()
            pairs.append((first, theirs()))
    return Comparison(
        median(our.seconds for our, _ in pairs),
        median(their.seconds for _, their in pairs),
        tuple(sorted(their.seconds / our.seconds for our, their in pairs)),
        pairs[-1][0].result,
        pairs[-1][1].result,
    )


@contextmanager
def one_core() -> Iterator[None]:
    """This process, and those that it starts meanwhile, on one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
