"""Dates as pages write them.

A date is a day, and a time in UTC where the page states one with its zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple

EARLIEST: Final = date(1990, 1, 1)  # the web's first pages; older dates are those of a page's subject, or errors
TOLERANCE: Final = timedelta(days=2)  # beyond the fetch, for wrong clocks and missing zones
MAX_CHARS: Final = 64
_CLOCK: Final = (
    r"(?:[T\s,]{1,3}(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d{1,9})?)?\s?(Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}:?\d{2}\b)?)?"
)
# Year first, with separators or eight digits (ISO 8601), and an optional time.
_YEAR_FIRST: Final = re.compile(
    rf"(\d{{4}})(?:([-/.])(\d{{1,2}})\2(\d{{1,2}})|(\d\d)(\d\d))(?!\d){_CLOCK}", re.IGNORECASE
)
_FOURTEEN: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)")
_DAY_FIRST: Final = re.compile(rf"(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}})(?!\d){_CLOCK}", re.IGNORECASE)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = rf"({'|'.join(_MONTHS)})[a-z]{{0,6}}"
_WEEKDAY: Final = r"(?:[a-z]{3,9},?\s{1,2})?"
# "20 Nov 2019 09:28:00 GMT" (RFC 5322) and "Wed Nov 20 2019 09:28:00 GMT+0100" (JavaScript), with or without weekday.
_DAY_MONTH: Final = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]{_MONTH}[.,]?[\s-](\d{{4}}){_CLOCK}", re.IGNORECASE
)
_MONTH_DAY: Final = re.compile(
    rf"{_WEEKDAY}{_MONTH}\.?\s(\d{{1,2}})(?:st|nd|rd|th)?,?\s(\d{{4}}){_CLOCK}", re.IGNORECASE
)
# "Mon Oct 11 14:57:21 CEST 2021": C's asctime and Java's Date. Names of zones other than UTC are ambiguous.
_CLOCK_FIRST: Final = re.compile(
    rf"[a-z]{{3}}\s{_MONTH}\s{{1,2}}(\d{{1,2}})\s(\d\d):(\d\d):(\d\d)\s(?:([a-z]{{3,5}})\s)?(\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_EPOCH: Final = re.compile(r"(\d{10})(?:\d{3})?")


class Moment(NamedTuple):
    """A day in the writer's zone, and the time in UTC if time and zone were stated."""

    day: date
    time: datetime | None


def read_date(words: str) -> Moment | None:
    """Read a date in one of the machine-readable forms, or in English.

    ISO 8601 and its usual variants, RFC 5322, JavaScript's, C's, Java's, day.month.year, seconds or milliseconds since
    1970. `03/04/2019` is read as nothing, since which is the month depends on the country; a year or month alone
    neither.

    Args:
        words: any text; the first 64 characters are looked at.

    Returns:
        None when it is no date in these forms, or no day of the calendar.
    """
    text = words[:MAX_CHARS].strip()
    try:
        if match := _YEAR_FIRST.match(text):
            year, _, month, day, month2, day2, *clock = match.groups()
            return _moment(year, month or month2, day or day2, clock)
        if match := _EPOCH.fullmatch(text):
            time = datetime.fromtimestamp(int(match[1]), UTC)
            return Moment(time.date(), time)
        if match := _FOURTEEN.fullmatch(text):
            return Moment(datetime(*map(int, match.groups())).date(), None)  # type: ignore[arg-type]
        if match := _DAY_FIRST.match(text):
            day, separator, month, year, *clock = match.groups()
            if separator == "/" and int(month) > 12:
                day, month = month, day
            elif separator == "/" and int(day) <= 12 and day != month:
                return None
            return _moment(year, month, day, clock)
        if match := _DAY_MONTH.match(text):
            day, name, year, *clock = match.groups()
            return _moment(year, _MONTHS.index(name.lower()) + 1, day, clock)
        if match := _CLOCK_FIRST.match(text):
            name, day, hour, minute, second, zone, year = match.groups()
            zone = zone if zone in ("UTC", "GMT") else None
            return _moment(year, _MONTHS.index(name.lower()) + 1, day, [hour, minute, second, zone])
        if match := _MONTH_DAY.match(text):
            name, day, year, *clock = match.groups()
            return _moment(year, _MONTHS.index(name.lower()) + 1, day, clock)
    except (ValueError, OverflowError):
        pass  # the thirtieth of February
    return None


def first_plausible(values: Iterable[str], fetch_time: datetime | None) -> tuple[Moment | None, str | None]:
    """Return the first date that can be read and is plausible.

    A plausible date is not before 1990, and not later than two days after the fetch.

    Args:
        values: the values of the page's sources, by precedence.
        fetch_time: with its zone; without one, no date is too late.

    Returns:
        The date and the words that it was read from; no date and the first words where there is none.
    """
    first: str | None = None
    for words in values:
        moment = read_date(words)
        if moment is not None and _is_plausible(moment, fetch_time):
            return moment, words[:MAX_CHARS]
        first = first or words[:MAX_CHARS] or None
    return None, first


def http_time(value: str | None) -> datetime | None:
    """Read the time of an HTTP header (RFC 9110 section 5.6.7) in UTC.

    It is None when the header is malformed or before 1990.

    Args:
        value: the header's value, if there was one.
    """
    try:
        time = parsedate_to_datetime((value or "")[:MAX_CHARS])
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return time if time.date() >= EARLIEST else None


def _is_plausible(moment: Moment, fetch_time: datetime | None) -> bool:
    if moment.day < EARLIEST:
        return False
    if fetch_time is None:
        return True
    latest = fetch_time + TOLERANCE
    return moment.time <= latest if moment.time is not None else moment.day <= latest.date()


def _moment(year: str, month: str | int, day: str, clock: list[str | None]) -> Moment:
    on = date(int(year), int(month), int(day))
    hour, minute, second, zone = clock
    if hour is None or minute is None or not zone:
        return Moment(on, None)
    local = datetime(on.year, on.month, on.day, int(hour), int(minute), min(59, int(second or 0)), tzinfo=_zone(zone))
    return Moment(on, local.astimezone(UTC))


def _zone(written: str) -> timezone:
    digits = re.sub(r"[^0-9]", "", written)
    if not digits:
        return UTC
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if "-" in written else offset)
