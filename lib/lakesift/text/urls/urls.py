"""Hosts and registered domains of URLs, for grouping.

Nothing is fetched, and no URL is an error.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

import tldextract

from lakesift.text.kernels.hosts import MAX_HOST_CHARS, ascii_host

# The Public Suffix List inside the package: no download, no cache folder, the same answer on every machine.
_SUFFIXES: Final = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
_HOST: Final = re.compile(r"[0-9a-z_-]+(?:\.[0-9a-z_-]+)*|\[[0-9a-f:.]+\]")


def url_parts(url: str) -> tuple[str, str]:
    """Split off the host and the registered domain of a URL.

    The registered domain is eTLD+1 by the Public Suffix List, ICANN part. The host is in lower case, without user, port
    and final dot; names in other scripts become punycode (IDNA 2008 with UTS 46 mapping, as browsers send them). A host
    without a registered domain (an IP address, `localhost`, a bare suffix) is its own domain, so that grouping
    by domain never joins strangers.

    Returns:
        `(host, registered_domain)`; `("", "")` where there is no usable host.
    """
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:
        return "", ""
    return _host_parts(host)


@lru_cache(maxsize=65_536)
def _host_parts(host: str) -> tuple[str, str]:
    name = _ascii_host(host.rstrip("."))
    if name is None:
        return "", ""
    return name, _SUFFIXES(name).top_domain_under_public_suffix or name


def _ascii_host(host: str) -> str | None:
    if len(host) > MAX_HOST_CHARS:
        return None
    name = ascii_host(f"[{host}]" if ":" in host else host)
    return name if name is not None and _HOST.fullmatch(name) else None
