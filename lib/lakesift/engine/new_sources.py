"""Which sources of a recipe a lake has not taken in yet, and what a person should know of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lakesift.engine.archives import Archive, archives_of, chosen, described, joined_crawls, listed_few
from lakesift.engine.extractions import Extraction, extraction_of, role_of, settings_print, told_difference
from lakesift.engine.planning import code_of
from lakesift.engine.taken_in import short_of
from lakesift.errors import UsageError
from lakesift.lake.commits import Commit
from lakesift.lake.external import checksum_of, files_of
from lakesift.lake.lake import Lake
from lakesift.operators.files import is_another
from lakesift.operators.operator import Stage
from lakesift.operators.roles import Ingests
from lakesift.recipe.recipe import Recipe


@dataclass(frozen=True)
class Pending:
    """How a source stands against a lake.

    Attributes:
        paths: those that are not in the lake yet with these settings, or not as they are now.
        known: how many the recipe has.
        fingerprint: of the settings and the name of the crawl.
        extraction: what the recipe takes from its source.
        named: by path of the recipe's source, the crawl that it is asked for by; None: there is no source.
        identities: by path of the source, what tells it from another one under its name.
        there: by path, what the lake has of it.
        failed: those of `paths` that an earlier run could not read.
        code: digest of the code that would take sources in now.
        by_code: how many of the recipe's sources were taken in by which code; None: before lakesift noted it.
        lines: what a person should know.
        question: what to ask before archives that can be read are added to a crawl that nobody has named; None: nothing.
    """

    paths: list[str]
    known: int
    fingerprint: str
    extraction: Extraction
    named: Mapping[str, str | None] | None = None
    identities: Mapping[str, str | None] = field(default_factory=dict)
    there: Mapping[str, Archive] = field(default_factory=dict)
    failed: frozenset[str] = frozenset()
    code: str = ""
    by_code: Mapping[str | None, int] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    question: UsageError | None = None

    @property
    def outdated(self) -> int:
        """Return how many sources were taken in by other code than this lakesift's."""
        return sum(count for code, count in self.by_code.items() if code != self.code)


def pending(recipe: Recipe, stage: Stage, lake: Lake | None, *, again: bool = False) -> Pending:
    """Compare a recipe's source with what the lake has taken in.

    Args:
        recipe: with the source.
        stage: the recipe's ingest.
        lake: None for a lake that does not exist yet.
        again: take in again what other code than this lakesift's has taken in, and what the lake has lost.

    Raises:
        UsageError: neither the recipe nor the lake has a source, or the lake has nothing of these settings.
        SourceError: the source cannot be listed, or is empty.
    """
    if again and not has_source(recipe):
        raise UsageError("--again takes sources in anew, and none is named", next_step="name them with --source PATH")
    archives = archives_of(lake) if lake is not None else []
    files = identified(recipe, stage) if has_source(recipe) or not archives else {}
    commits = lake.history("pages") if lake is not None and archives else []
    extraction = extraction_of(recipe, stage, commits, {each.crawl for each in archives if each.crawl})
    named = {path: _asked_crawl(stage, path) for path in files} if has_source(recipe) else None
    there = {each.source_path: each for each in chosen(archives, extraction, named, crawls_asked(recipe))}
    if named is None and not there and not crawls_asked(recipe):
        raise _nothing_of(recipe, stage, archives, commits)
    code, newest = code_of(stage), commits[0].version if commits else -1
    replaced = [path for path in files if path in there and _is_replaced(there[path], files[path])]
    failed = {path for path, each in there.items() if each.is_worth_another_try}
    anew = {path for path, each in there.items() if _is_of_other_code(each, code, newest)} if again else set()
    if again and lake is not None:
        anew |= short_of(lake, list(there.values())) | short_of(lake, list(there.values()), "links")
    paths = [path for path in files if path not in there or path in failed or path in replaced or path in anew]
    mine = [each for each in archives if extraction.is_of(each.extraction, each.settings_fingerprint)]
    joins, question = _joined(stage, [path for path in paths if path not in there], mine, files)
    lines = [*joins, *_replaced(replaced), *_left_out(recipe, stage, mine, there, files)]
    by_code = Counter(each.code_version for each in there.values())
    tried = frozenset(failed) & frozenset(paths) - frozenset(replaced)
    print_ = settings_print(recipe, stage)
    return Pending(
        paths, len(files), print_, extraction, named, files, there, tried, code, by_code, tuple(lines),
        question,
    )  # fmt: skip


def crawls_asked(recipe: Recipe) -> frozenset[str]:
    """Return the crawls that stages of a recipe name."""
    return frozenset(crawl for stage in recipe.stages for crawl in getattr(stage.settings, "crawls", ()))


def has_source(recipe: Recipe) -> bool:
    """Whether a recipe names archives or documents; one that does not goes on with what its lake has taken in."""
    return bool(recipe.source.archives) or recipe.source.table is not None


def listed(recipe: Recipe) -> list[str]:
    """The paths of a recipe's source: its archives, or the one table of documents.

    Raises:
        UsageError: the recipe has no source.
        SourceError: the source cannot be listed, or is empty.
    """
    if recipe.source.table is not None:
        files_of(recipe.source.table)
        return [recipe.source.table]
    if not recipe.source.archives:
        raise UsageError(f"recipe {recipe.name} has no source", next_step="give it one with --source PATH")
    stage = next((each for each in recipe.stages if isinstance(each.operator.role, Ingests)), None)
    if stage is None:
        raise UsageError(
            f"recipe {recipe.name} has a source and no stage that takes it in", next_step="add `- ingest: {}`"
        )
    return role_of(stage).list_paths(recipe.source.archives, stage.settings)


def identified(recipe: Recipe, stage: Stage) -> dict[str, str | None]:
    """The paths of a recipe's source, each with what tells it from another one under its name.

    Raises:
        UsageError, SourceError: as `listed`.
    """
    if recipe.source.table is not None:
        return {recipe.source.table: checksum_of(recipe.source.table)}
    return role_of(stage).identities(listed(recipe), recipe.source.archives, stage.settings)


def _asked_crawl(stage: Stage, path: str) -> str | None:
    """The crawl that a path is asked for by; None where nobody has named it."""
    is_named = "crawl" in stage.settings.model_fields_set
    return role_of(stage).crawl_of(path, stage.settings.crawl) if is_named else None


def _is_replaced(archive: Archive, identity: str | None) -> bool:
    return is_another(archive.identity, archive.bytes, identity)


def _is_of_other_code(archive: Archive, code: str, newest: int) -> bool:
    return archive.code_version != code or (archive.committed_version or 0) > newest


def _joined(
    stage: Stage, new: Sequence[str], mine: Sequence[Archive], files: Mapping[str, str | None]
) -> tuple[list[str], UsageError | None]:
    """Say which crawls new archives join, and ask where the source names no archive of it and nobody has named it."""
    lines = []
    role, crawl = role_of(stage), stage.settings.crawl
    is_named = "crawl" in stage.settings.model_fields_set
    for name, (there, has_grown) in joined_crawls(new, mine, files, lambda path: role.crawl_of(path, crawl)).items():
        pages = sum(each.pages for each in there)
        has = f"crawl {name} has {len(there):,} archives ({pages:,} pages) already"
        if name == crawl and not is_named and not has_grown:
            return [], UsageError(
                f"{has}, none of which the source names: the new archives are of another crawl, or of the same?",
                where=listed_few(new),
                expected="a name for the crawl of new archives",
                next_step=f"--set ingest.crawl=NAME for a crawl of its own, --set ingest.crawl={name} to add to it",
            )
        added = sum(role.crawl_of(path, crawl) == name for path in new)
        lines.append(f"{has}; {added:,} new ones are added to it")
    return lines, None


def _replaced(paths: Sequence[str]) -> Iterator[str]:
    if paths:
        yield f"replaced since they were taken in, and to be taken in again: {listed_few(paths)}"


def _left_out(
    recipe: Recipe,
    stage: Stage,
    mine: Sequence[Archive],
    there: Mapping[str, Archive],
    files: Mapping[str, str | None],
) -> Iterator[str]:
    """Say which archives are gone, and which of the lake's the source does not name."""
    if not has_source(recipe):
        return
    unread = [path for path, now in files.items() if now is None and path in there and "://" not in path]
    if unread:
        yield f"gone since they were taken in; their pages stay, as the source names them: {listed_few(unread)}"
    left = [each for each in mine if each.source_path not in files and each.source_path not in there]
    gone = [each for each in left if role_of(stage).is_named(each.source_path, recipe.source.archives)]
    if gone:
        paths = listed_few([each.source_path for each in gone])
        yield f"gone from the source since they were taken in; what is made now is without them: {paths}"
    others = [each for each in left if each not in gone]
    if others:
        yield f"left out, as the source does not name them: {described(others)}; without --source all are read"


def _nothing_of(recipe: Recipe, stage: Stage, archives: Sequence[Archive], commits: Sequence[Commit]) -> UsageError:
    differs = told_difference(stage, commits)
    go_on = f", or --set {' --set '.join(differs)} to go on with what is there" if differs else ""
    return UsageError(
        f"recipe {recipe.name} names no source, and nothing in the lake was taken in with its settings of ingest",
        expected=f"archives taken in with them; the lake has {described(archives)}, taken in with others",
        next_step=f"--source PATH takes them in with these{go_on}",
    )
