"""Write the traces of pages through a lake as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from lakesift.reporting.traces import Explanation, RuleFinding, Trace
from lakesift.reporting.wording import number, shorten

_LABEL_WIDTH: Final = 12
_VALUE_CHARACTERS: Final = 300
_TITLE_CHARACTERS: Final = 120
_MOST_TEMPLATES: Final = 20
# What `similarity` is in the rows of each method.
_ALIKE: Final = {"minhash": "Jaccard similarity, estimated,", "semdedup": "cosine similarity"}


def text_of(found: Explanation) -> str:
    """Write an explanation for a terminal, without control characters."""
    counted = f"{len(found.traces)} found" + (f", {found.more} more left out" if found.more else "")
    lines = [f"{shorten(found.asked, _VALUE_CHARACTERS)}: {counted}"]
    for trace in found.traces:
        lines += ["", *_lines(trace)]
    return "\n".join(lines)


def _lines(trace: Trace) -> Iterator[str]:
    """Write one trace: what each table says, in the order of the stages."""
    place = trace.page or trace.document or {}
    yield f"{trace.doc_id or 'no document id'}  {shorten(place.get('crawl'), _TITLE_CHARACTERS)}".rstrip()
    for label, value in _facts(trace):
        yield f"  {label:<{_LABEL_WIDTH}} {value}"
        if label == "rules":
            yield from _rule_lines(trace.rules)
    if trace.templates:
        characters = sum(map(len, trace.templates))
        told = f"{number(len(trace.templates))} lines of the site's templates, {number(characters)} characters"
        yield f"  {'cut':<{_LABEL_WIDTH}} {told}"
        yield from (f'    "{shorten(line, _TITLE_CHARACTERS)}"' for line in trace.templates[:_MOST_TEMPLATES])
        if len(trace.templates) > _MOST_TEMPLATES:
            yield "    more lines cut"
    for diff in trace.edits:
        if diff.lines:
            yield f"  {'changed by':<{_LABEL_WIDTH}} {diff.edit}"
            yield from (f"    {line}" for line in diff.lines)
            if diff.more:
                yield "    more lines changed"
    yield f"  {'outcome':<{_LABEL_WIDTH}} {trace.outcome}"


def _facts(trace: Trace) -> Iterator[tuple[str, str]]:
    place = trace.page or trace.document
    if place:
        yield "url", shorten(place["url"], _VALUE_CHARACTERS)
        length = f", {number(place['source_length'])} bytes" if place.get("source_length") is not None else ""
        where = f"{shorten(place['source_path'], _VALUE_CHARACTERS)}, at byte {number(place['source_offset'])}{length}"
        yield "source", where + (f", fetched {place['fetched']} UTC" if place["fetched"] else "")
    if trace.page:
        yield "page", _page(trace.page)
        # A lake of an older lakesift has no such column.
        yield from _said(trace.page.get("metadata") or {})
    for row in trace.quarantine:
        where = f"{shorten(row['source_path'], _VALUE_CHARACTERS)}, at byte {number(row['source_offset'])}"
        detail = f" ({shorten(row['detail'], _VALUE_CHARACTERS)})" if row["detail"] else ""
        yield "quarantine", f"{row['stage']}: {row['reason']}{detail}, {where}"
    if trace.document:
        if trace.is_earlier:
            yield (
                "measured",
                "by an earlier run of the recipe; its last run left this page out. What follows is the earlier run's:",
            )
        yield from _measured(trace.document)
    if trace.rules:
        judged = [rule for rule in trace.rules if rule.failed is not None]
        failed = sum(bool(rule.failed) for rule in judged)
        yield "rules", f"{len(judged)} judged, {failed} failed" if judged else "not judged yet"
    yield from _relations(trace)


def _page(page: Mapping[str, Any]) -> str:
    about = (f"HTTP {page['http_status']}" if page["http_status"] else None, page["mime"], page["charset"])
    parts = [shorten(part, _TITLE_CHARACTERS) for part in about if part]
    parts.append(f"{number(page['characters'])} characters by {page['extractor']}")
    return ", ".join(parts) + (f": {shorten(page['title'], _TITLE_CHARACTERS)}" if page["title"] else "")


def _said(metadata: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Tell what the page says of its origin and of what may be done with it."""
    authors = ", ".join(shorten(name, _TITLE_CHARACTERS) for name in metadata.get("authors") or ())
    dates = {name: metadata.get(f"{name}_date") for name in ("published", "modified")}
    parts = [f"by {shorten(authors, _VALUE_CHARACTERS)}"] if authors else []
    parts += [f"{name} {day}" for name, day in dates.items() if day]
    if metadata.get("site_name"):
        parts.append(f"site {shorten(metadata['site_name'], _TITLE_CHARACTERS)}")
    if parts:
        yield "says", ", ".join(parts)
    for each in metadata.get("licenses") or ():
        name = " ".join(filter(None, (each["name"], each["url"])))
        yield "licence", f"{shorten(name, _VALUE_CHARACTERS)} ({each['source']})"
    robots = metadata.get("robots") or {}
    rules = [*(robots.get("meta") or ()), *filter(None, [robots.get("header")])]
    reservation = robots.get("tdm_reservation")
    reserved = None if reservation is None else "TDM rights reserved" if reservation else "TDM rights not reserved"
    refused = "training refused" if robots.get("training_refused") else None
    told = [shorten(part, _VALUE_CHARACTERS) for part in (*rules, reserved, refused) if part]
    if told:
        yield "robots", "; ".join(told)


def _measured(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    score = document["language_score"]
    sure = f" ({number(score)})" if score is not None else ""
    yield "language", f"{document['language']}{sure}, {number(document['words'])} words after edits"
    answers = dict(document.get("languages") or {})
    shares = answers.pop("shares", None) or {}
    parts = [f"{number(share)} {language}" for language, share in shares.items()]
    parts += [f"{name} says {each['language']} ({number(each['score'])})" for name, each in answers.items() if each]
    if parts:
        yield "also", ", ".join(parts)
    edits = document.get("edits") or {}
    counts = [f"{edit}.{name} {number(value)}" for edit, each in edits.items() for name, value in (each or {}).items()]
    if counts:
        yield "edits", ", ".join(counts)


def _rule_lines(rules: Sequence[RuleFinding]) -> Iterator[str]:
    words = {True: "FAIL", False: "pass", None: "  - "}
    width = max(len(rule.name) for rule in rules)
    for rule in rules:
        measured = ", ".join(f"{column} = {_value(value)}" for column, value in rule.measured.items())
        told = f"{measured}; drops when {rule.condition}" if rule.condition else "a rule of the recipe that ran last"
        yield f"    {words[rule.failed]}  {rule.name:<{width}}  {told}"


def _cluster(cluster: Mapping[str, Any], doc_id: str | None) -> Iterator[tuple[str, str]]:
    role = "the keeper" if cluster["keeper_id"] == doc_id else f"keeper {cluster['keeper_id']}"
    if cluster["keeper_crawl"] not in (None, cluster["crawl"]):
        role += f" of crawl {shorten(cluster['keeper_crawl'], _TITLE_CHARACTERS)}"
    url = f" {shorten(cluster['keeper_url'], _VALUE_CHARACTERS)}" if cluster["keeper_url"] else ""
    size = f"cluster {cluster['cluster_id']} of {number(cluster['members'])}"
    name = _ALIKE.get(cluster["method"], "similarity")
    yield "duplicates", f"{size} by {cluster['method']}: {role}{url}{_alike(name, cluster['similarity'])}"
    for twin in cluster["twins"]:
        alike = _alike("similarity to the keeper", twin["similarity"])
        yield "twin", f"{twin['doc_id']} {shorten(twin['url'], _VALUE_CHARACTERS)}{alike}"
    more = cluster["members"] - len(cluster["twins"]) - (1 if cluster["keeper_id"] == doc_id else 2)
    if more > 0:
        yield "twin", f"and {number(more)} more"


def _alike(name: str, similarity: float | None) -> str:
    return f", {name} {number(similarity)}" if similarity is not None else ""


def _cuts(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    dropped = f"; the document is dropped: {row['reason']}" if row["reason"] else ""
    yield "cut", f"{row['table']}: {number(row['spans'])} spans, {number(row['removed'])} bytes{dropped}"
    for text in row["texts"]:
        yield "", f'"{shorten(text, _TITLE_CHARACTERS)}"'


def _relations(trace: Trace) -> Iterator[tuple[str, str]]:
    for cluster in trace.clusters:
        yield from _cluster(cluster, trace.doc_id)
    for row in trace.cuts:
        yield from _cuts(row)
    for score in trace.scores:
        each = {name: value for name, value in (score.get("scores") or {}).items() if name != score["scorer"]}
        also = "".join(f"; {name} {number(value)}" for name, value in each.items())
        yield "score", f"{score['scorer']} version {score['model_version']}: {number(score['score'])}{also}"
    for pair in trace.pairs:
        yield "pair", _pair(pair)
    for name, rows in (trace.datasets or {}).items():
        for row in rows:
            why = ", ".join(f"{key} {shorten(value, _TITLE_CHARACTERS)}" for key, value in (row["why"] or {}).items())
            of_pair = f"pair {row['pair_id']}, " if row.get("pair_id") else ""
            yield "data set", f"{name}: {of_pair}weight {number(row['weight'])}" + (f" ({why})" if why else "")
    if trace.elsewhere:
        yield "also in", f"data sets of other recipes: {', '.join(trace.elsewhere)}"


def _pair(pair: Mapping[str, Any]) -> str:
    entries = ", ".join(map(_entry, pair["entries"]))
    drawn = {True: "drawn", False: "not drawn", None: "not drawn for yet"}[pair["drawn"]]
    chance = f", probability {number(pair['probability'])}" if pair["probability"] is not None else ""
    caption = f'{shorten(pair["image_url"], _VALUE_CHARACTERS)} "{shorten(pair["caption"], _VALUE_CHARACTERS)}"'
    return f"{caption}: {entries or 'no entry matched'}; {drawn}{chance}"


def _entry(entry: Mapping[str, Any]) -> str:
    name = shorten(entry["entry"], _TITLE_CHARACTERS)
    return f"{name} ({number(entry['count'])} matches, p {number(entry['probability'])})"


def _value(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return shorten("null" if value is None else value, _TITLE_CHARACTERS)
    return number(value)
