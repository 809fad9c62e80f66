"""Promises of the sandbox: an input can fail, hang, crash or eat memory, and only that input is rejected."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lakesift.crawl.html.sandbox import Sandbox
from lakesift.crawl.pages.rejection import RecordRejected
from lakesift.errors import SetupError

FACTORY = f"{Path(__file__).stem}:handler"


def handler(setup: str) -> Callable[..., object]:
    """What runs in the child: does as it is told."""

    def obey(action: str, value: object = None) -> object:
        if action == "echo":
            return (setup, value, os.getpid())
        if action == "print":
            print("to standard output")
            return value
        if action == "reject":
            raise RecordRejected("undecodable", str(value))
        if action == "raise":
            raise ValueError(value)
        if action == "allocate":
            return len(bytearray(int(str(value))))
        if action == "segfault":
            ctypes.string_at(0)
        if action == "exit":
            os._exit(3)
        while action == "spin":
            pass
        while action == "sleep":
            time.sleep(1)
        return None

    return obey


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


@pytest.fixture
def sandbox() -> Iterator[Sandbox[object]]:
    with Sandbox[object](FACTORY, "setup", cpu_seconds=0.5, memory_bytes=512 << 20) as made:
        yield made


def pid_of(sandbox: Sandbox[object]) -> int:
    (answer,) = sandbox.map([("echo",)])
    assert isinstance(answer, tuple)
    return int(answer[2])


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def until_gone(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not is_running(pid)


def test_one_child_answers_everything_in_order(sandbox: Sandbox[object]) -> None:
    pid = pid_of(sandbox)
    assert sandbox.map([("echo", number) for number in range(500)]) == [("setup", i, pid) for i in range(500)]
    assert sandbox.map([]) == []


def test_large_inputs_and_answers_pass(sandbox: Sandbox[object]) -> None:
    answers = sandbox.map([("echo", bytes(5 << 20))] * 8)
    assert [len(answer[1]) for answer in answers if isinstance(answer, tuple)] == [5 << 20] * 8


@pytest.mark.parametrize(
    ("call", "reason", "detail"),
    [
        (("reject", "because"), "undecodable", "because"),
        (("raise", "because"), "extraction_failed", "ValueError: because"),
        (("spin",), "extraction_timeout", "more than 0.5 s of CPU time"),
        (("segfault",), "extraction_crashed", f"exit status {-signal.SIGSEGV}"),
        (("exit",), "extraction_crashed", "exit status 3"),
        (("allocate", 1 << 40), "extraction_crashed", "out of memory"),
    ],
)
def test_only_the_bad_input_is_rejected(
    sandbox: Sandbox[object], call: tuple[object, ...], reason: str, detail: str
) -> None:
    answers = sandbox.map([("print", 1), call, ("print", 2), call, ("print", 3)])
    assert answers[::2] == [1, 2, 3]
    for answer in answers[1::2]:
        assert isinstance(answer, RecordRejected)
        assert (answer.reason, answer.detail) == (reason, detail)


def test_a_child_that_sleeps_is_stopped_by_the_clock() -> None:
    with Sandbox[object](FACTORY, "", cpu_seconds=0.05, memory_bytes=512 << 20) as sandbox:
        (answer,) = sandbox.map([("sleep",)])
        assert isinstance(answer, RecordRejected)
        assert answer.reason == "extraction_timeout"


def test_waiting_between_inputs_is_no_timeout() -> None:
    with Sandbox[object](FACTORY, "", cpu_seconds=0.05, memory_bytes=512 << 20) as sandbox:
        pid = pid_of(sandbox)
        time.sleep(1)
        assert pid_of(sandbox) == pid


def test_a_child_that_was_killed_from_outside_is_replaced(sandbox: Sandbox[object]) -> None:
    pid = pid_of(sandbox)
    os.kill(pid, signal.SIGKILL)
    assert pid_of(sandbox) != pid


def test_closing_leaves_no_process_and_the_next_call_starts_another(sandbox: Sandbox[object]) -> None:
    pid = pid_of(sandbox)
    sandbox.close()
    assert not Path(f"/proc/{pid}").exists()
    assert pid_of(sandbox) != pid


def test_an_interrupted_call_leaves_no_answers_behind(sandbox: Sandbox[object]) -> None:
    class Interrupted(BaseException):
        pass

    def interrupt(*_: object) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        pid = pid_of(sandbox)
        subprocess.Popen(["sh", "-c", f"sleep 0.2; kill -USR1 {os.getpid()}"])
        with contextlib.suppress(Interrupted):
            sandbox.map([("echo", 1), ("spin",)])
            pytest.fail("was not interrupted")
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert not Path(f"/proc/{pid}").exists()
    assert sandbox.map([("print", 2)]) == [2]


def test_a_factory_that_fails_is_an_error_of_the_setup() -> None:
    with (
        Sandbox[object]("no_such_module:x", "", cpu_seconds=1, memory_bytes=512 << 20) as sandbox,
        pytest.raises(SetupError),
    ):
        sandbox.map([("echo",)])


@pytest.mark.parametrize("action", ["echo", "spin", "sleep"])
def test_the_child_does_not_outlive_a_killed_parent(action: str) -> None:
    program = (
        "from lakesift.crawl.html.sandbox import Sandbox\n"
        f"sandbox = Sandbox({FACTORY!r}, '', cpu_seconds=0.3, memory_bytes=512 << 20)\n"
        "print(sandbox.map([('echo',)])[0][2], flush=True)\n"
        f"sandbox.map([({action!r},)])\n"
        "import time; time.sleep(60)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    time.sleep(0.1)
    parent.kill()
    parent.communicate()
    assert until_gone(pid, 20)


def test_a_process_that_is_killed_while_it_starts_gets_a_second_try(monkeypatch: pytest.MonkeyPatch) -> None:
    from lakesift.crawl.html import sandbox

    started: list[int] = []

    class KilledOnce(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *arguments: object, **named: object) -> None:
            super().__init__(*arguments, **named)  # type: ignore[call-overload]
            started.append(self.pid)
            if len(started) == 1:
                self.kill()

    monkeypatch.setattr(sandbox.subprocess, "Popen", KilledOnce)
    with Sandbox[object](FACTORY, "setup", cpu_seconds=5.0, memory_bytes=512 << 20) as child:
        (result,) = child.map([("echo", "a boat")])
    assert "a boat" in str(result)
    assert len(started) == 2
