"""Pages per second on one core, memory and failures of the extractors."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.document import Section, against, number
from benchmarks.extraction import ours
from benchmarks.extraction.attempts import failures
from benchmarks.extraction.pages import Page
from benchmarks.extraction.texts import MODULE, OURS, PEERS, Texts
from benchmarks.peer import Peer
from benchmarks.timing import Timed, compared, one_core, timed

TARGETS = {"trafilatura fast": 5.0, "resiliparse": 0.5}
HOW = """\
From the same decoded HTML in memory to texts in memory, all pages one after another, by one process on one core, \
after a warm-up; processor seconds, the median of {rounds} passes; each extractor in turn with {first}, the other \
one first each time. The ratios are of these pairs, and so of {first} at that time; its own row is from the pairs of \
the second row. jusText gets the language beforehand; trafilatura's cache of a page is cleared before the next pass. \
Memory is the peak of a separate process beside the pages and the loaded libraries. A failure is an exception; such \
a page has no text."""


def measure(pages: list[Page], texts: dict[str, Texts], rounds: int, folder: Path) -> Section:
    """Measure each extractor, compared with the first.

    Args:
        pages: all.
        texts: of each extractor, as for its scores.
        rounds: pairs of measurements.
        folder: for the peers.
    """
    sources, names = [page.html for page in pages], list(texts)
    with one_core(), Peer(MODULE, sources, folder / "speed") as peer:
        sides: dict[str, Callable[[], Timed]] = {name: partial(peer.measure, name) for name in names if name in PEERS}
        if OURS in texts:
            extract = ours.shipped()
            sides[OURS] = partial(timed, partial(failures, extract, sources))
        rows: list[tuple[str, ...]] = []
        for name in names:
            sides[name]()
            if name == names[0]:
                continue
            found = compared(sides[names[0]], sides[name], rounds)
            if not rows:
                rows.append(_row(names[0], len(pages) / found.ours, "", "", sources, texts, folder))
            target = against(found.ratio, TARGETS[name]) if name in TARGETS and names[0] == OURS else ""
            ratio = f"{number(found.ratio)}x ({found.spread})"
            rows.append(_row(name, len(pages) / found.theirs, ratio, target, sources, texts, folder))
    columns = ("extractor", "pages/s", f"{names[0]} to it", "target", "peak memory", "failures", "without text")
    title = f"Speed and memory: {len(pages)} pages, {sum(len(page.html.encode()) for page in pages) / 1e6:.1f} MB"
    return Section(title, HOW.format(rounds=rounds, first=names[0]), columns, tuple(rows))


def _row(
    name: str, speed: float, ratio: str, target: str, sources: list[str], texts: dict[str, Texts], folder: Path
) -> tuple[str, ...]:
    memory = f"{_memory(name, sources, folder) / 2**20:.0f} MiB"
    return name, number(speed), ratio, target, memory, str(len(texts[name].errors)), str(texts[name].empty)


def _memory(name: str, sources: list[str], folder: Path) -> int:
    if name == OURS:
        return ours.memory_in_a_process(sources)
    with Peer(MODULE, sources, folder / f"memory_{name}") as peer:
        found: int = peer.measure(f"memory of {name}").result
        return found
