"""From the seen units of a document to the spans that are cut from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.dedup.paragraphs.rule import REASONS, Rule
from lakesift.dedup.paragraphs.units import FIELDS, Integers
from lakesift.dedup.shared.cut_rows import cut_rows
from lakesift.dedup.shared.packing import values_of
from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.kernels.compiled import compiled

STAYS = -1
ENTRY_BYTES = 4 * FIELDS


class Found(NamedTuple):
    """Spans of n documents.

    Attributes:
        spans: int32[m, 2], first byte and the one after the last.
        firsts: int64[n + 1]; the spans of document i are those from `firsts[i]` to `firsts[i + 1]`.
        removed: int64[n], bytes in them.
        reasons: int64[n], place in REASONS, or STAYS.
    """

    spans: NDArray[np.int32]
    firsts: Integers
    removed: Integers
    reasons: Integers


def cut_batches(batches: Iterable[pa.RecordBatch], rule: Rule) -> Iterator[pa.RecordBatch]:
    """Yield rows of `repeated_paragraphs` for the changed or dropped documents.

    The columns are doc_id, spans, removed and reason.

    Args:
        batches: doc_id, entries (binary), seen (list of binary), one row per document; see `seen.seen_batches`.
        rule: the method's decisions.
    """
    for batch in batches:
        entries = values_of(batch.column("entries"), "<i4").reshape(-1, FIELDS)
        entry_firsts = _from_zero(buffers_of(batch.column("entries")).offsets) // ENTRY_BYTES
        lists = batch.column("seen")
        pieces = lists.flatten()
        seen = values_of(pieces, "<i4")
        piece_firsts = _from_zero(buffers_of(pieces).offsets) // seen.itemsize
        seen_firsts = piece_firsts[_from_zero(lists.offsets.to_numpy())]
        # Both arrays are Arrow's and read-only; the counts are raised in a copy.
        found = Found(*spans_of(entries.copy(), entry_firsts, seen, seen_firsts, rule))
        reasons = pa.array([*REASONS, None], pa.string()).take(pa.array(found.reasons % (len(REASONS) + 1)))
        yield cut_rows(batch.column("doc_id"), found.spans, found.firsts, found.removed, reasons)


def _from_zero(offsets: NDArray[np.integer]) -> Integers:
    return offsets.astype(np.int64) - int(offsets[0])


@compiled
def spans_of(
    entries: NDArray[np.int32], entry_firsts: Integers, seen: NDArray[np.int32], seen_firsts: Integers, rule: Rule
) -> tuple[NDArray[np.int32], Integers, Integers, Integers]:
    """Compute the fields of `Found`; `entries` are changed."""
    documents = len(entry_firsts) - 1
    spans = np.empty((len(entries) + documents, 2), np.int32)
    firsts, removed = np.zeros(documents + 1, np.int64), np.zeros(documents, np.int64)
    reasons = np.full(documents, STAYS, np.int64)
    for document in range(documents):
        own = entries[entry_firsts[document] : entry_firsts[document + 1]]
        for place in range(seen_firsts[document], seen_firsts[document + 1]):
            own[seen[place], 3] += 1
        count, reason = spans_of_document(own, spans[firsts[document] :], rule)
        firsts[document + 1] = firsts[document] + count
        reasons[document] = reason
        for span in range(firsts[document], firsts[document + 1]):
            removed[document] += spans[span, 1] - spans[span, 0]
    return spans[: firsts[documents]], firsts, removed, reasons


@compiled
def spans_of_document(entries: NDArray[np.int32], spans: NDArray[np.int32], rule: Rule) -> tuple[int, int]:
    """Write the spans of one document.

    Returns their number, and the index in REASONS of the reason to drop it, or STAYS.
    """
    count, weight, units, contained, total, first_kept = 0, 0, 0, 0, 0, -1
    goes = False
    for unit in range(len(entries)):
        start, end = entries[unit, 0], entries[unit, 1]
        share = entries[unit, 3] / max(entries[unit, 2], 1)
        goes = share > rule.threshold or (rule.inclusive and entries[unit, 2] > 0 and share == rule.threshold)
        total += entries[unit, 2]
        contained += entries[unit, 3]
        if not goes:
            first_kept = unit if units == 0 else first_kept
            weight += entries[unit, 4]
            units += 1
        elif count > 0 and spans[count - 1, 1] >= start:
            spans[count - 1, 1] = end
        else:
            spans[count, 0], spans[count, 1] = start, end
            count += 1
    if count == 0:
        return 0, STAYS
    if goes and rule.joined and spans[count - 1, 0] > 0:
        spans[count - 1, 0] -= 1
        if count > 1 and spans[count - 2, 1] == spans[count - 1, 0]:
            count -= 1
            spans[count - 1, 1] = spans[count, 1]
    if spans[count - 1, 0] == spans[count - 1, 1]:
        # The line of no bytes behind the last newline.
        count -= 1
    if rule.stripped and first_kept >= 0:
        count = strip_front(spans, count, entries[first_kept, 0], entries[first_kept, 5])
    if count == 0:
        return 0, STAYS
    if weight == 0:
        return count, 0
    if contained / max(total, 1) > rule.document_threshold:
        return count, 1
    if weight < rule.min_weight:
        return count, 2
    return count, 3 if units < rule.min_units else STAYS


@compiled
def strip_front(spans: NDArray[np.int32], count: int, start: int, lead: int) -> int:
    """Remove `lead` bytes from the first kept unit, which begins at `start`.

    Returns the new number of spans.
    """
    if lead == 0:
        return count
    if start > 0:
        spans[0, 1] += lead
        return count
    for span in range(count, 0, -1):
        spans[span] = spans[span - 1]
    spans[0, 0], spans[0, 1] = 0, lead
    return count + 1
