"""The way of one page through the lake, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from lakesift.reporting.edit_diff import EditDiff
from lakesift.reporting.way_lines import lines_of
from lakesift.reporting.wording import shorten

_VALUE_CHARACTERS: Final = 300


@dataclass(frozen=True)
class RuleFinding:
    """One rule's say on a document: what was measured, and whether that failed (None: not judged by this rule)."""

    name: str
    condition: str
    measured: Mapping[str, Any]
    failed: bool | None


@dataclass(frozen=True)
class Way:
    """Everything the lake's tables hold on one capture of one page.

    Attributes:
        doc_id: None for a record that was quarantined before it had one.
        page: row of `pages` with `characters` in place of the text; None where there is none.
        document: row of `documents` with `characters` in place of the text.
        templates: the lines that were cut as templates of the site, before the edits.
        edits: what each edit changed in the text.
        verdict: row of `verdicts`.
        rules: one finding per rule, in order.
        clusters: rows of the tables of duplicates, with the cluster's `members`, the `keeper_url` and the nearest `twins`.
        cuts: rows of the tables of cuts: table, reason, removed, spans (how many) and the first ones' texts.
        scores: rows of `scores`.
        pairs: rows of `pairs` with `entries` (of the match), `probability` and `drawn`.
        datasets: rows of the data sets (weight, why) that the page is in, by data set.
        quarantine: rows of `quarantine`.
        elsewhere: names of data sets of other recipes that the page is in.
        outcomes: what each stage made of the document, in the order of the recipe.
        taken_out: the site that the data set is without and that the page is of.
        is_earlier: whether all but `page`, `datasets`, `elsewhere` and `taken_out` is of a run before the recipe's last.
    """

    doc_id: str | None
    page: Mapping[str, Any] | None = None
    document: Mapping[str, Any] | None = None
    templates: Sequence[str] = ()
    edits: Sequence[EditDiff] = ()
    verdict: Mapping[str, Any] | None = None
    rules: Sequence[RuleFinding] = ()
    clusters: Sequence[Mapping[str, Any]] = ()
    cuts: Sequence[Mapping[str, Any]] = ()
    scores: Sequence[Mapping[str, Any]] = ()
    pairs: Sequence[Mapping[str, Any]] = ()
    datasets: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
    quarantine: Sequence[Mapping[str, Any]] = ()
    elsewhere: Sequence[str] = ()
    outcomes: Sequence[Mapping[str, Any]] = ()
    taken_out: str | None = None
    is_earlier: bool = False

    @property
    def outcome(self) -> str:
        """Return in one sentence where the way ended."""
        held = self.datasets or {}
        pairs = [name for name, rows in held.items() if any(row.get("pair_id") for row in rows)]
        documents = [name for name in held if name not in pairs]
        parts = [f"in data set {name}" for name in documents] or [self._unchosen()]
        return "; ".join(parts + [f"pairs of it in data set {name}" for name in pairs])

    def _unchosen(self) -> str:
        if self.taken_out:
            return f"left out: the data set is without {self.taken_out} (without_sites)"
        first = next((row for row in self.outcomes if not row["kept"]), None)
        if first is not None:
            return self._left(first)
        if self.verdict:
            return "passed every rule; in no data set of documents"
        if self.quarantine:
            return f"quarantined: {self.quarantine[0]['reason']}"
        return "not judged yet: no verdict" if self.document else "taken in; not measured yet"

    def _left(self, first: Mapping[str, Any]) -> str:
        """Return how the document left at the first stage that dropped it."""
        failed = list(self.verdict["failed"] or ()) if self.verdict else []
        if first["reason"] in failed:
            return f"dropped by {failed[0]}" + (f" and {len(failed) - 1} more" if len(failed) > 1 else "")
        for cluster in self.clusters:
            if cluster["stage"] == first["stage"]:
                return f"left out: a duplicate of {cluster['keeper_id']} by {cluster['method']}"
        return f"left out by {first['stage']}: {first['reason']}"


@dataclass(frozen=True)
class Explanation:
    """All ways that match what was asked; `more` captures were found and left out."""

    asked: str
    ways: Sequence[Way]
    more: int = 0

    @property
    def unmeasured(self) -> list[str]:
        """The ids of pages that were taken in and have no row in `documents`."""
        return [way.doc_id for way in self.ways if way.doc_id and way.page and not way.document]

    def with_earlier(self, earlier: Explanation) -> Explanation:
        """The same with what an earlier run said of the pages that have not been measured since."""
        measured = {way.doc_id: way for way in earlier.ways if way.document}
        ways = [
            replace(
                known,
                page=way.page,
                datasets=way.datasets,
                elsewhere=way.elsewhere,
                taken_out=way.taken_out,
                is_earlier=True,
            )
            if way.doc_id in self.unmeasured and (known := measured.get(way.doc_id))
            else way
            for way in self.ways
        ]
        return replace(self, ways=ways)

    def with_names(self, names: Mapping[str, str]) -> Explanation:
        """The same with the data sets of this recipe under other names."""
        held = [{names.get(name, name): rows for name, rows in (way.datasets or {}).items()} for way in self.ways]
        return replace(self, ways=[replace(way, datasets=each) for way, each in zip(self.ways, held, strict=True)])

    def with_taken_out(self, sites: Sequence[str]) -> Explanation:
        """The same with what is known of sites that are taken out of the data set."""
        hosts = [(way.page or way.document or {}).get("host") or "" for way in self.ways]
        found = [next((site for site in sites if f".{host}".endswith(f".{site}")), None) for host in hosts]
        ways = [replace(way, taken_out=site) for way, site in zip(self.ways, found, strict=True)]
        return replace(self, ways=ways)

    def __str__(self) -> str:
        """Return the explanation for a terminal: plain text without control characters from the crawl."""
        found = f"{len(self.ways)} found" + (f", {self.more} more left out" if self.more else "")
        lines = [f"{shorten(self.asked, _VALUE_CHARACTERS)}: {found}"]
        for way in self.ways:
            lines += ["", *lines_of(way)]
        return "\n".join(lines)
