from __future__ import annotations

from pathlib import Path

import pytest

from lakesift.crawl.sources.store import RangeReader, Store, StoreSettings, is_transient, normal_path, with_retries
from lakesift.errors import SourceError


class HttpError(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


@pytest.mark.parametrize(
    "error",
    [
        HttpError(429), HttpError(503), ConnectionResetError(), TimeoutError(),
        OSError("An error occurred (SlowDown) when calling the GetObject operation: Please reduce your request rate."),
        OSError("ServiceUnavailable"), RuntimeError("Server disconnected"),
    ],
)  # fmt: skip
def test_errors_that_pass_are_told_from_those_that_stay(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize(
    "error", [HttpError(404), HttpError(403), FileNotFoundError(), PermissionError(), OSError("No")]
)
def test_errors_that_stay_are_not_tried_again(error: Exception) -> None:
    calls = []

    def call() -> None:
        calls.append(1)
        raise error

    with pytest.raises(type(error)):
        with_retries(call, "x", StoreSettings(), sleep=lambda _: None)
    assert len(calls) == 1


def test_waits_double_up_to_the_limit_with_a_jitter_that_is_the_same_each_time() -> None:
    def waits(path: str) -> list[float]:
        found: list[float] = []
        with pytest.raises(HttpError):
            with_retries(lambda: exec("raise error", {"error": HttpError(503)}), path, settings, sleep=found.append)
        return found

    settings = StoreSettings(attempts=6, first_wait_seconds=1, longest_wait_seconds=4)
    once = waits("s3://a")
    assert [limit / 2 <= wait <= limit for wait, limit in zip(once, [1, 2, 4, 4, 4], strict=True)] == [True] * 5
    assert once == waits("s3://a")
    assert once != waits("s3://b")


def test_a_store_that_recovers_is_read() -> None:
    answers = iter([HttpError(503), ConnectionResetError(), b"data"])

    def call() -> bytes:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert with_retries(call, "x", StoreSettings(), sleep=lambda _: None) == b"data"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("s3a://b/x", "s3://b/x"),
        ("file:///tmp/x", "/tmp/x"),
        ("file:/tmp/x", "/tmp/x"),
        ("/tmp/../tmp/x", "/tmp/x"),
        ("dbfs:/mnt/x", "/dbfs/mnt/x"),
        ("dbfs:/Volumes/c/s/v/x", "/Volumes/c/s/v/x"),
        ("abfss://c@a.dfs.core.windows.net/x", "abfss://c@a.dfs.core.windows.net/x"),
    ],
)
def test_a_path_has_one_spelling(path: str, expected: str) -> None:
    assert normal_path(path) == expected


def test_range_reads_are_exact_and_bounded(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(bytes(range(256)) * 4)
    store = Store(str(path), StoreSettings())
    sizes: list[int] = []
    read, store.read = store.read, lambda start, stop: sizes.append(stop - start) or read(start, stop)  # type: ignore[method-assign,func-returns-value]
    reader = RangeReader(store, 1_000, block_bytes=100)
    assert reader.read(90, 30) == (bytes(range(256)) * 4)[90:120]
    assert reader.read(50, 200) == (bytes(range(256)) * 4)[50:250]
    assert reader.read(990, 100) == (bytes(range(256)) * 4)[990:1_000]
    assert reader.read(1_000, 10) == b""
    assert max(sizes) <= 100


def test_a_protocol_without_its_package_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import fsspec

    def missing(*_: object, **__: object) -> None:
        raise ImportError("Install adlfs to access Azure")

    monkeypatch.setattr(fsspec.core, "url_to_fs", missing)
    with pytest.raises(SourceError, match="pip install adlfs"):
        Store("abfss://c@a/x", StoreSettings())
