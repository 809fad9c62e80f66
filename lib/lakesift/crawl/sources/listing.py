"""From the paths of a recipe to the archive files behind them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from typing import Final

from pydantic import Field

from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.rejection import MAX_DETAIL_CHARS, RecordRejected
from lakesift.crawl.sources.sources import SourceFile
from lakesift.crawl.sources.store import Store, StoreSettings, normal_path
from lakesift.crawl.warc.archives import shape_of
from lakesift.errors import SourceError
from lakesift.operators.files import identity
from lakesift.settings import Settings

CRAWL_NAME: Final = re.compile(r"CC-MAIN-\d{4}-\d{2}(?!\d)")
LISTING_NAME: Final = re.compile(r"\.paths(\.gz)?$")
GLOB: Final = re.compile(r"[*?\[]")


class ListingSettings(Settings):
    """How paths become files."""

    crawl: str = Field(
        default="local",
        min_length=1,
        description="Name of the crawl where a path does not hold CC-MAIN-YYYY-WW. Archives beside which the source names "
        "none of a crawl that the lake has under the default name are asked for one.",
    )
    listing_prefix: str = Field(
        default="https://data.commoncrawl.org/",
        description="What relative lines of a *.paths(.gz) listing are joined to (commoncrawl.org/get-started; "
        "s3://commoncrawl/ within AWS).",
    )
    max_listing_bytes: int = Field(
        default=1 << 28,
        ge=1,
        description="Longest listing, decompressed. A crawl's warc.paths has 90,000 lines, 13 MB.",
    )
    parallel_probes: int = Field(default=16, ge=1, description="Files whose first bytes are read at the same time.")
    store: StoreSettings = Field(default=StoreSettings(), description="Retries and read sizes.")
    caps: Caps = Field(default=Caps(), description="Limits on hostile input.")


def list_paths(paths: Sequence[str], settings: ListingSettings) -> list[str]:
    """Expand files, folders (with all below them), globs and *.paths(.gz) listings, on any fsspec file system.

    Args:
        paths: as written in the recipe or on the command line.
        settings: prefix of relative lines in listings, retries.

    Returns:
        Full paths, unique and sorted.

    Raises:
        SourceError: when a path cannot be read, or nothing is behind it.
    """
    found = {full for path in paths for full in _expand(normal_path(path), settings)}
    if not found:
        raise SourceError("the source names no files", next_step="give at least one path that holds archives")
    return sorted(found)


def identities(found: Sequence[str], paths: Sequence[str], settings: ListingSettings) -> dict[str, str | None]:
    """What tells each file from another one that takes its name; see `operators.files.identity`.

    Lines of a *.paths listing elsewhere than on this machine's disks are taken by their names: a crawl's archives do not
    change, and each would be one request.

    Args:
        found: full paths, as `list_paths` returns them.
        paths: as written in the recipe or on the command line.
        settings: retries.

    Returns:
        By path; None: gone, or not asked.
    """
    listings = any(LISTING_NAME.search(path) for path in paths)
    asked = [path for path in found if "://" not in path or not listings]
    with ThreadPoolExecutor(settings.parallel_probes) as pool:
        told = dict(zip(asked, pool.map(lambda path: _identity(path, settings), asked), strict=True))
    return {path: told.get(path) for path in found}


def _identity(path: str, settings: ListingSettings) -> str | None:
    store = Store(path, settings.store)
    try:
        return store.attempt(lambda: identity(store.file_system, store.path))
    except Exception:
        # File systems raise whatever their client library raises; why it cannot be read is told when it is read.
        return None


def is_named(path: str, patterns: Sequence[str]) -> bool:
    """Return whether a file lies where a source looks: in a folder that it names, or where a glob matches.

    Args:
        path: full path of a file, which need not be there.
        patterns: paths as written in the recipe or on the command line.
    """
    for pattern in map(normal_path, patterns):
        if path.startswith(f"{pattern.rstrip('/')}/") or (GLOB.search(pattern) and fnmatchcase(path, pattern)):
            return True
    return False


def describe_sources(paths: Iterable[str], settings: ListingSettings) -> list[SourceFile]:
    """Open each file and tell what it is; whatever is no archive, or unreadable, comes back with its reason.

    One small read per file, several at a time; leave out beforehand what the lake has already taken in.

    Args:
        paths: full paths, as `list_paths` returns them.
        settings: crawl name, retries, caps.
    """
    with ThreadPoolExecutor(settings.parallel_probes) as pool:
        return list(pool.map(lambda path: _describe(path, settings), paths))


def list_sources(paths: Sequence[str], settings: ListingSettings) -> list[SourceFile]:
    """`list_paths`, then `describe_sources`."""
    return describe_sources(list_paths(paths, settings), settings)


def crawl_of(path: str, fallback: str) -> str:
    """The crawl a path belongs to: the CC-MAIN-YYYY-WW in it, else the fallback."""
    match = CRAWL_NAME.search(path)
    return match.group() if match else fallback


def _describe(path: str, settings: ListingSettings) -> SourceFile:
    crawl = crawl_of(path, settings.crawl)
    size: int | None = None
    try:
        store = Store(path, settings.store)
        size = store.size()
        shape = shape_of(store, size, settings.caps)
        return SourceFile(path, crawl, size, shape.kind, shape.compression, shape.layout, None, shape.repeats_ids)
    except RecordRejected as rejection:
        reason = str(rejection)
    except Exception as error:
        # File systems raise whatever their client library raises. One bad file is reported and never fails a run.
        reason = f"unreadable_file: {type(error).__name__}: {error}"[:MAX_DETAIL_CHARS]
    return SourceFile(path, crawl, size, None, None, None, reason)


def _expand(path: str, settings: ListingSettings) -> Iterator[str]:
    store = Store(path, settings.store)
    if LISTING_NAME.search(path) and not GLOB.search(path):
        yield from _listed(store, settings)
        return
    files = store.file_system
    try:
        if GLOB.search(path) and not store.attempt(lambda: files.exists(store.path)):
            names = [name for name in store.attempt(lambda: files.glob(store.path)) if not files.isdir(name)]
        elif store.attempt(lambda: files.isdir(store.path)):
            names = store.attempt(lambda: files.find(store.path))
        else:
            store.attempt(lambda: files.info(store.path))
            names = [store.path]
    except Exception as error:
        raise _unreadable(path, error) from error
    if not names:
        raise SourceError("no files are there", where=path, next_step="check the path, or the pattern in quotes")
    yield from (store.name_of(str(name)) for name in names)


def _listed(store: Store, settings: ListingSettings) -> Iterator[str]:
    try:
        raw = store.read(0, settings.max_listing_bytes + 1)
        if raw.startswith(b"\x1f\x8b"):
            raw = zlib.decompressobj(wbits=31).decompress(raw, settings.max_listing_bytes + 1)
        lines = raw.decode("utf-8").splitlines()
    except (zlib.error, UnicodeDecodeError) as error:
        raise SourceError(
            f"is no listing of paths: {error}",
            where=store.full_path,
            expected="one path per line, in UTF-8, plain or in gzip",
            next_step="download or write the listing again",
        ) from error
    except Exception as error:
        raise _unreadable(store.full_path, error) from error
    if len(raw) > settings.max_listing_bytes:
        raise SourceError(
            f"is longer than {settings.max_listing_bytes} bytes", where=store.full_path, next_step="split the listing"
        )
    names = [line.strip() for line in lines if line.strip()]
    if not names:
        raise SourceError("the listing is empty", where=store.full_path, next_step="write one path per line into it")
    for name in names:
        is_relative = "://" not in name and not name.startswith("/")
        path = normal_path(f"{settings.listing_prefix.rstrip('/')}/{name}" if is_relative else name)
        if not is_relative or ".." in name.split("/"):
            _check_place(path, store, settings)
        yield path


def _check_place(path: str, listing: Store, settings: ListingSettings) -> None:
    """Refuse a line that leads elsewhere: a listing is data that people download, and what it names is opened.

    Raises:
        SourceError: it names a local file outside of the listing's folder and of `listing_prefix`, or another scheme.
    """
    places = [
        listing.full_path.rpartition("/")[0],
        *([normal_path(settings.listing_prefix)] if settings.listing_prefix else []),
    ]
    if any(_is_below(path, place) for place in places):
        return
    schemes = {place.partition("://")[0] for place in places if "://" in place}
    if "://" in path and path.partition("://")[0] in schemes and not path.startswith("file://"):
        return
    raise SourceError(
        f"names {path[:200]!r}, which is neither below its own folder nor in its store",
        where=listing.full_path,
        expected="relative paths, or addresses of the store that the listing or ingest.listing_prefix is in",
        next_step="name such files with --source, if they are yours",
    )


def _is_below(path: str, place: str) -> bool:
    parts = path.removeprefix("file://").split("/")
    return ".." not in parts and path.removeprefix("file://").startswith(
        f"{place.removeprefix('file://').rstrip('/')}/"
    )


def _unreadable(path: str, error: Exception) -> SourceError:
    if isinstance(error, FileNotFoundError):
        return SourceError("no such file or folder", where=path, next_step="check the spelling; globs belong in quotes")
    if isinstance(error, PermissionError):
        return SourceError(
            "no permission to read it", where=path, next_step="grant read access or set the store's credentials"
        )
    return SourceError(
        f"{type(error).__name__}: {error}", where=path, next_step="check the address and the network, then run again"
    )
