"""The machine, the versions, and the seconds and memory of a whole job; reads Linux's /proc."""

from __future__ import annotations

import os
import platform
import subprocess
import threading
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

PROC = Path("/proc")
PAGE = os.sysconf("SC_PAGE_SIZE")
SECONDS_BETWEEN_LOOKS = 0.2


@dataclass(frozen=True)
class Job:
    """A process that ran to its end.

    Attributes:
        seconds: on the wall, from start to end.
        peak_bytes: most resident memory of it and all its descendants at one moment; a page that several of them
            share counts in each.
        output: its standard output.
    """

    seconds: float
    peak_bytes: int
    output: str


def run_job(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> Job:
    """Run a command in a folder and watch its memory.

    Raises:
        RuntimeError: it failed; with the end of its log, which stays in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log, said, peak, ended = folder / "log", folder / "output", [0], threading.Event()
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

    def look() -> None:
        while not ended.wait(SECONDS_BETWEEN_LOOKS):
            peak[0] = max(peak[0], resident_bytes(process.pid))

    watcher = threading.Thread(target=look)
    watcher.start()
    process.wait()
    seconds = time.perf_counter() - start
    ended.set()
    watcher.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {log.read_text(encoding='utf-8')[-2000:]}")
    return Job(seconds, peak[0], said.read_text(encoding="utf-8"))


def resident_bytes(root: int) -> int:
    """Resident memory of a process, its descendants and all that belong to its session."""
    parents: dict[int, tuple[int, int, int]] = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            # After the name: state, parent, process group, session, ..., resident pages as the 22nd.
            parents[int(folder.name)] = int(fields[1]), int(fields[3]), int(fields[21]) * PAGE
    family = {root}
    grown = True
    while grown:
        more = {pid for pid, (parent, session, _) in parents.items() if parent in family or session == root} - family
        family |= more
        grown = bool(more)
    return sum(parents[pid][2] for pid in family if pid in parents)


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
