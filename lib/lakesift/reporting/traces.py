"""Hold the trace of one page through the lake; `trace_lines` writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lakesift.reporting.edit_diff import EditDiff


@dataclass(frozen=True)
class RuleFinding:
    """One rule's say on a document: what was measured, and whether that failed.

    `failed` is None where the rule has not judged it.
    """

    name: str
    condition: str
    measured: Mapping[str, Any]
    failed: bool | None


@dataclass(frozen=True)
class Trace:
    """Everything the lake's tables hold on one capture of one page.

    Attributes:
        doc_id: None for a record that was quarantined before it had one.
        page: row of `pages` with `characters` in place of the text; None where there is none.
        document: row of `documents` with `characters` in place of the text.
        templates: the lines that were cut as templates of the site, before the edits.
        edits: what each edit changed in the text.
        verdict: row of `verdicts`.
        rules: one finding per rule, in order.
        clusters: rows of the tables of duplicates, with the cluster's `members`, the `keeper_url` and the nearest
            `twins`.
        cuts: rows of the tables of cuts: table, reason, removed, spans (how many) and the first ones' texts.
        scores: rows of `scores`.
        pairs: rows of `pairs` with `entries` (of the match), `probability` and `drawn`.
        datasets: rows of the data sets (weight, why) that the page is in, by data set.
        quarantine: rows of `quarantine`.
        elsewhere: names of data sets of other recipes that the page is in.
        outcomes: what each stage made of the document, in the order of the recipe.
        taken_out: the site that the data set is without and that the page is of.
        is_earlier: whether all but `page`, `datasets`, `elsewhere` and `taken_out` is of a run before the recipe's
            last.
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
        """Return in one sentence where the trace ends."""
        held = self.datasets or {}
        pairs = [name for name, rows in held.items() if any(row.get("pair_id") for row in rows)]
        documents = [name for name in held if name not in pairs]
        parts = [f"in data set {name}" for name in documents] or [self._unchosen()]
        if documents and not self.is_earlier and (left := self._left()):
            # The version that a data set was added to had it, or another data set of the recipe has it.
            parts.append(left)
        return "; ".join(parts + [f"pairs of it in data set {name}" for name in pairs])

    def _unchosen(self) -> str:
        if self.taken_out:
            return f"left out: the data set is without {self.taken_out} (without_sites)"
        if left := self._left():
            return left
        if self.verdict:
            return "passed every rule; in no data set of documents"
        if self.quarantine:
            return f"quarantined: {self.quarantine[0]['reason']}"
        return "not judged yet: no verdict" if self.document else "taken in; not measured yet"

    def _left(self) -> str:
        """Return how the document left at the first stage that dropped it; empty where none did."""
        first = next((row for row in self.outcomes if not row["kept"]), None)
        if first is None:
            return ""
        failed = list(self.verdict["failed"] or ()) if self.verdict else []
        if first["reason"] in failed:
            return f"dropped by {failed[0]}" + (f" and {len(failed) - 1} more" if len(failed) > 1 else "")
        for cluster in self.clusters:
            if cluster["stage"] == first["stage"]:
                return f"left out: a duplicate of {cluster['keeper_id']} by {cluster['method']}"
        return f"left out by {first['stage']}: {first['reason']}"


@dataclass(frozen=True)
class Explanation:
    """All traces that match what was asked; `more` captures were found and left out."""

    asked: str
    traces: Sequence[Trace]
    more: int = 0

    @property
    def unmeasured(self) -> list[str]:
        """Return the ids of pages that were taken in and have no row in `documents`."""
        return [trace.doc_id for trace in self.traces if trace.doc_id and trace.page and not trace.document]

    def with_earlier(self, earlier: Explanation) -> Explanation:
        """Add what an earlier run said of the pages that have not been measured since."""
        measured = {trace.doc_id: trace for trace in earlier.traces if trace.document}
        traces = [
            replace(
                known,
                page=trace.page,
                datasets=trace.datasets,
                elsewhere=trace.elsewhere,
                taken_out=trace.taken_out,
                is_earlier=True,
            )
            if trace.doc_id in self.unmeasured and (known := measured.get(trace.doc_id))
            else trace
            for trace in self.traces
        ]
        return replace(self, traces=traces)

    def with_names(self, names: Mapping[str, str]) -> Explanation:
        """Give the data sets of this recipe other names."""
        held = [{names.get(name, name): rows for name, rows in (trace.datasets or {}).items()} for trace in self.traces]
        traces = [replace(trace, datasets=each) for trace, each in zip(self.traces, held, strict=True)]
        return replace(self, traces=traces)

    def with_taken_out(self, sites: Sequence[str]) -> Explanation:
        """Add what is known of sites that are taken out of the data set."""
        hosts = [(trace.page or trace.document or {}).get("host") or "" for trace in self.traces]
        found = [next((site for site in sites if f".{host}".endswith(f".{site}")), None) for host in hosts]
        traces = [replace(trace, taken_out=site) for trace, site in zip(self.traces, found, strict=True)]
        return replace(self, traces=traces)
