"""One form for all URLs under which a page is usually served.

Two captures of a page then have one URL.

What is done, in order (RFC 3986, sections 6.2.2 and 6.2.3, unless said otherwise):

1. white space and control characters at the ends and line breaks inside are left out (WHATWG URL, section 4.4);
2. the scheme and the host are in lower case, the host's percent-encodings decoded (WHATWG URL, section 3.5); hosts in
   other scripts become punycode; a final dot, a user name, a password and the scheme's default port are left out;
   `https` is written `http`, and `www.` or `www2.` before the host is left out, where the settings say so
   (internetarchive/surt, IAURLCanonicalizer.py and URLRegexTransformer.py);
3. the fragment is left out (surt);
4. percent-encodings are in upper case, those of letters, digits, `-`, `.`, `_` and `~` are decoded, and characters that
   may not be in a URL are encoded as UTF-8;
5. dot segments are resolved, a path is never empty, and of other paths than `/` a final slash is left out (surt);
6. session ids are left out of the path (`;jsessionid=...`, `/(S(...))/`) and of the query (surt);
7. parameters of trackers are left out, empty ones too; the others are sorted by their bytes (surt), an empty query is
   left out.

The case of paths and names such as index.html stay: servers give them meanings of their own. A text that is no URL with
a host (`urn:...`, a file name, garbage) stays as it is, except for step 1. Nothing raises; the time is linear in the
length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from typing import Final
from urllib.parse import unquote

import pyarrow as pa
from pydantic import Field
from pyspark.sql import DataFrame

from lakesift.settings import Settings
from lakesift.text.kernels.hosts import ascii_host

CONTROLS: Final = "".join(map(chr, range(0x21)))
LINE_BREAKS: Final = {ord(character): None for character in "\t\n\r"}
URL: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#\\]*)([^?#]*)(?:\?([^#]*))?")
AUTHORITY: Final = re.compile(r"(\[[^\]]*\]|[^:]*)(?::([0-9]*))?")
HOST: Final = re.compile(r"[a-z0-9\-._~]+")
WWW: Final = re.compile(r"(?:www[0-9]*\.)+(?=[^.]+\.)")
DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
# An encoding, a percent sign without one, or characters that RFC 3986 calls neither reserved nor unreserved.
TO_ENCODE: Final = re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]")
UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
PATH_PARAMETER: Final = re.compile(r";([^;/]*)")
SESSION_SEGMENT: Final = re.compile(r"/(?:\((?:[a-z]\([0-9a-z]{24}\))+\)|\([0-9a-z]{24}\))(?=/)", re.IGNORECASE)
SESSION_DIGITS: Final = 32
SHORT_SESSION_NAME: Final = "sid"


class UrlSettings(Settings):
    """The allowed differences between two URLs of one page."""

    same_schemes: bool = Field(
        default=True, description="http and https are one scheme; internetarchive/surt leaves the scheme out"
    )
    same_www: bool = Field(
        default=True,
        description="www.example.org is example.org; internetarchive/surt, IAURLCanonicalizer.py, massageHost",
    )
    tracking_parameters: tuple[str, ...] = Field(
        default=(
            *("utm_*", "itm_*", "mtm_*", "pk_*", "ga_*", "gs_*", "mc_*", "mkt_*", "oly_*", "vero_*", "_ga", "_gl"),
            *("gclid", "dclid", "fbclid", "twclid", "yclid", "ysclid", "gbraid", "wbraid", "msclkid", "igshid"),
        ),
        description="Query parameters that say where a visitor came from, in any case, `*` for any ending: the"
        " advertisers' names in adbar/courlan 1.4.0, clean.py, TRACKERS_RE (gbraid and wbraid as Google writes them,"
        " igshid as Instagram does), without its words that also name contents, such as ref, source and session",
    )
    session_parameters: tuple[str, ...] = Field(
        default=("jsessionid", "phpsessid", "sid", "aspsessionid*", "cfid", "cftoken"),
        description="Parameters of the query or the path that number a visit, in any case; internetarchive/surt,"
        " URLRegexTransformer.py; `sid` only with 32 letters or digits, as there",
    )


def with_normalised_urls(frame: DataFrame, settings: UrlSettings) -> DataFrame:
    """Replace the column `url` by its normalised form, null for none or an empty one."""
    return frame.mapInArrow(partial(_batches, settings=settings), frame.schema)


def _batches(batches: Iterable[pa.RecordBatch], settings: UrlSettings) -> Iterator[pa.RecordBatch]:
    normalise = UrlNormaliser(settings)
    for batch in batches:
        urls = [(normalise(url) or None) if url else None for url in batch.column("url").to_pylist()]
        columns = dict(zip(batch.schema.names, batch.columns, strict=True)) | {"url": pa.array(urls, pa.string())}
        yield pa.RecordBatch.from_pydict(columns)


class UrlNormaliser:
    """Brings URLs into one form; see the module's text.

    Args:
        settings: allowed differences between two URLs of one page.
    """

    def __init__(self, settings: UrlSettings) -> None:
        self._settings = settings
        self._trackers = _names(settings.tracking_parameters)
        self._sessions = _names(settings.session_parameters)

    def __call__(self, url: str) -> str:
        """Return the normalised form of a URL; "" for white space."""
        bare = url.strip(CONTROLS).translate(LINE_BREAKS).strip(CONTROLS)
        found = URL.match(bare)
        authority = found and AUTHORITY.fullmatch(found[2].rpartition("@")[2])
        host = _host(authority[1]) if authority else ""
        if not found or not authority or not host:
            return bare
        scheme, port = found[1].lower(), (authority[2] or "").lstrip("0")
        is_web, defaults = scheme in DEFAULT_PORTS, {DEFAULT_PORTS.get(scheme)}
        if is_web and self._settings.same_schemes:
            scheme, defaults = "http", set(DEFAULT_PORTS.values())
        if self._settings.same_www:
            host = WWW.sub("", host, count=1) if WWW.match(host) else host
        place = host if not port or port in defaults else f"{host}:{port}"
        parameters = map(_encoded, (found[4] or "").split("&"))
        query = "&".join(sorted(part for part in parameters if part and not self._is_left_out(part)))
        return f"{scheme}://{place}{self._path(_encoded(found[3]))}{'?' if query else ''}{query}"

    def _path(self, path: str) -> str:
        if ";" in path:
            path = PATH_PARAMETER.sub(lambda part: "" if self._is_session(part[1]) else part[0], path)
        if "(" in path:
            path = SESSION_SEGMENT.sub("", path)
        kept: list[str] = []
        for segment in path.split("/")[1:]:
            if segment == "..":
                del kept[-1:]
            elif segment != ".":
                kept.append(segment)
        return "/" + "/".join(kept).rstrip("/")

    def _is_left_out(self, parameter: str) -> bool:
        return self._trackers.fullmatch(parameter.partition("=")[0]) is not None or self._is_session(parameter)

    def _is_session(self, parameter: str) -> bool:
        name, _, value = parameter.partition("=")
        if name.lower() == SHORT_SESSION_NAME and not (len(value) == SESSION_DIGITS and value.isalnum()):
            return False
        return self._sessions.fullmatch(name) is not None


def _names(names: Iterable[str]) -> re.Pattern[str]:
    patterns = (re.escape(name.removesuffix("*")) + (".*" if name.endswith("*") else "") for name in names)
    return re.compile("|".join(patterns) or "(?!)", re.IGNORECASE)


def _encoded(part: str) -> str:
    return TO_ENCODE.sub(_in_one_way, part)


def _in_one_way(found: re.Match[str]) -> str:
    if found[1]:
        character = chr(int(found[1], 16))
        return character if character in UNRESERVED else found[0].upper()
    return "".join(f"%{byte:02X}" for byte in found[0].encode(errors="replace"))


@lru_cache(maxsize=65_536)
def _host(written: str) -> str:
    """Return a host as browsers send it; what cannot be one is only encoded."""
    host = ascii_host(unquote(written).rstrip(".")) or ""
    return (host if HOST.fullmatch(host) else _encoded(_encoded(written.lower()).lower())).rstrip(".")
