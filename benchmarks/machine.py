"""The machine, the versions, and the seconds and memory of a whole job; reads Linux's /proc."""

from __future__ import annotations

import ctypes
import gc
import os
import platform
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

PROC = Path("/proc")
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
SECONDS_BETWEEN_LOOKS = 0.2


@dataclass(frozen=True)
class Job:
    """A process that ran to its end.

    Attributes:
        seconds: on the wall, from start to end.
        processor_seconds: of it and all its descendants, on all cores, as last seen of each.
        peak_bytes: most resident memory of it and all its descendants at one moment; a page that several of them
            share counts in each.
        output: its standard output.
    """

    seconds: float
    processor_seconds: float
    peak_bytes: int
    output: str


def run_job(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> Job:
    """Run a command in a folder and watch its memory.

    Raises:
        RuntimeError: it failed; with the end of its log, which stays in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log, said, peak, ended = folder / "log", folder / "output", 0, threading.Event()
    start = time.perf_counter()
    # Files, not pipes: a helper process that outlives the job would keep a pipe open.
    with log.open("w") as errors, said.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=errors,
            start_new_session=True,
        )

    spent: dict[int, float] = {}

    def look() -> None:
        nonlocal peak
        while not ended.wait(SECONDS_BETWEEN_LOOKS):
            now = tree(process.pid)
            peak = max(peak, sum(one.resident for one in now.values()))
            spent.update({pid: one.seconds for pid, one in now.items()})

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        process.wait()
        seconds = time.perf_counter() - start
    finally:
        ended.set()
        watcher.join()
        if process.poll() is None:  # interrupted: a session of its own does not get the terminal's signal
            os.killpg(process.pid, signal.SIGTERM)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {log.read_text(encoding='utf-8')[-2000:]}")
    return Job(seconds, sum(spent.values()), peak, said.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Process:
    """A process at one moment: its parent, its session, resident bytes, processor seconds so far."""

    parent: int
    session: int
    resident: int
    seconds: float


def tree(root: int) -> dict[int, Process]:
    """A process, its descendants and all that belong to its session, by process id."""
    known = processes()
    family = {root}
    grown = True
    while grown:
        more = {pid for pid, one in known.items() if one.parent in family or one.session == root} - family
        family |= more
        grown = bool(more)
    return {pid: known[pid] for pid in family if pid in known}


def processes() -> dict[int, Process]:
    """All processes of the machine."""
    found = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                # After the name: state, parent, process group, session; 12th and 13th the clock ticks, 22nd the memory.
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            ticks = int(fields[11]) + int(fields[12])
            found[int(folder.name)] = Process(int(fields[1]), int(fields[3]), int(fields[21]) * PAGE, ticks / TICKS)
    return found


def growth(work: Callable[[], object]) -> int:
    """Bytes by which this process's resident memory was at most larger during the work than before it."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what was freed before would be used again and not counted
    (PROC / "self" / "clear_refs").write_text("5")  # the peak begins anew (proc(5)), which ru_maxrss cannot
    before = _of_status("VmRSS")
    work()
    return _of_status("VmHWM") - before


def _of_status(name: str) -> int:
    lines = (PROC / "self" / "status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def describe() -> dict[str, str]:
    """Processor, cores, memory and system."""
    models = [line for line in (PROC / "cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else platform.machine()
    memory = PAGE * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": f"{model}, {len(os.sched_getaffinity(0))} cores",
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
    }


def load() -> float:
    """Processes that wanted a core in the last minute, on average."""
    return os.getloadavg()[0]


def our_versions(names: tuple[str, ...]) -> dict[str, str]:
    """Versions of packages in this environment; of lakesift the commit, too."""
    root = Path(__file__).resolve().parents[1]
    found = {name: version(name) for name in names}
    git = ["git", "-C", str(root)]
    commit = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    changed = subprocess.run([*git, "status", "--porcelain", "lib", "conf"], capture_output=True, text=True)
    if commit.returncode == 0:
        found["lakesift"] += f" ({commit.stdout.strip()}{', with changes' if changed.stdout.strip() else ''})"
    return found
