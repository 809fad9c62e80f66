"""The fields of a page's metadata: defined in Python, derived for Arrow and SQL."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any, Final, get_args, get_type_hints


@dataclass(frozen=True, slots=True)
class LanguageHints:
    """Languages that the page states, as BCP 47 tags, not checked against the text.

    Attributes:
        html: `lang` of `<html>`.
        header: the Content-Language header.
        meta: `<meta>` content-language, language or Dublin Core's.
        og_locale: Open Graph's `og:locale`.
        hreflang: of the `<link rel=alternate>` that leads to the page itself.
        schema_org: `inLanguage` of the page's JSON-LD or microdata.
    """

    html: str | None = None
    header: tuple[str, ...] = ()
    meta: tuple[str, ...] = ()
    og_locale: str | None = None
    hreflang: str | None = None
    schema_org: str | None = None


@dataclass(frozen=True, slots=True)
class RobotRules:
    """The page's rules for robots, from its metas and its HTTP headers.

    Attributes:
        meta: robots metas as written, `name: content`.
        header: X-Robots-Tag as sent, one line per header.
        noindex: said to all robots, as are the next six; `none` counts.
        nofollow: as above; `none` counts.
        noarchive: as above; Bing's `nocache` counts.
        nosnippet: as above.
        noimageindex: as above.
        noai: as above; `noml` and `DisallowAITraining` count.
        noimageai: as above.
        refused_bots: robots named with `noindex`, `none` or one of the words of `noai`, in lower case.
        tdm_reservation: true: rights are reserved; false: they are not; null: nothing is said.
        tdm_policy: address of the policy that goes with the reservation.
        content_usage: the Content-Usage header as sent.
        training_refused: `noai`, a TDM reservation or a Content-Usage that says no to training.
    """

    meta: tuple[str, ...] = ()
    header: str | None = None
    noindex: bool = False
    nofollow: bool = False
    noarchive: bool = False
    nosnippet: bool = False
    noimageindex: bool = False
    noai: bool = False
    noimageai: bool = False
    refused_bots: tuple[str, ...] = ()
    tdm_reservation: bool | None = None
    tdm_policy: str | None = None
    content_usage: str | None = None
    training_refused: bool = False


@dataclass(frozen=True, slots=True)
class License:
    """A licence that the page links to.

    Attributes:
        url: absolute; None where only a name is given.
        name: SPDX identifier of a Creative Commons licence or dedication, with the jurisdiction of a ported one.
        source: its place, the surest first: json_ld, link (element or header), rel (a link with rel=license),
            meta, microdata, anchor (any other link to a Creative Commons licence: it may be that of a picture).
    """

    url: str | None
    name: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """A page's statements about itself; null or empty where there are none.

    Precedence: see `metadata.page`.

    Attributes:
        headline: the title without the site's name.
        authors: one name each, as written.
        published_date: the day in the page's own time zone.
        published_time: in UTC; null where the page states no time or no zone.
        published_raw: the words that the two come from, or the first that could not be read.
        modified_date: as above.
        modified_time: as above.
        modified_raw: as above.
        last_modified_time: the Last-Modified header, in UTC; on pages made per request it is the time of the request.
        description: a summary.
        canonical_url: absolute, http(s).
        site_name: of the site or its publisher.
        languages: all hints.
        robots: all rules.
        licenses: the surest first.
        rights: the statement of rights or copyright.
    """

    headline: str | None = None
    authors: tuple[str, ...] = ()
    published_date: date | None = None
    published_time: datetime | None = None
    published_raw: str | None = None
    modified_date: date | None = None
    modified_time: datetime | None = None
    modified_raw: str | None = None
    last_modified_time: datetime | None = None
    description: str | None = None
    canonical_url: str | None = None
    site_name: str | None = None
    languages: LanguageHints = LanguageHints()
    robots: RobotRules = RobotRules()
    licenses: tuple[License, ...] = ()
    rights: str | None = None


_SQL_TYPES: Final[dict[type, str]] = {str: "STRING", bool: "BOOLEAN", date: "DATE", datetime: "TIMESTAMP"}


def field_types(kind: type) -> dict[str, tuple[type, bool]]:
    """Return the fields of one of the classes above.

    The value of each field is its type, or that of its items, and whether it is a list.
    """
    hints = get_type_hints(kind)
    found: dict[str, tuple[type, bool]] = {}
    for field in fields(kind):
        hint = hints[field.name]
        inner = [each for each in get_args(hint) if each not in (type(None), Ellipsis)]
        found[field.name] = (inner[0] if inner else hint, getattr(hint, "__origin__", None) is tuple)
    return found


def sql_type(kind: type = Metadata) -> str:
    """Return the type in Spark's SQL."""
    if not is_dataclass(kind):
        return _SQL_TYPES[kind]
    parts = []
    for name, (inner, is_list) in field_types(kind).items():
        parts.append(f"{name}: ARRAY<{sql_type(inner)}>" if is_list else f"{name}: {sql_type(inner)}")
    return f"STRUCT<{', '.join(parts)}>"


def plain(value: Any) -> Any:
    """Convert one of the classes above to dictionaries and lists, as Arrow takes them."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return [plain(each) for each in value] if isinstance(value, tuple) else value
