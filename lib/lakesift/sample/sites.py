"""The sites of the invented web.

A site has a host, a name, a language, a layout and the headlines in its sidebar.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from lakesift.sample.article import between, pick
from lakesift.sample.grammar import grammars, junk_grammar

LAYOUTS = 5
_SUBDOMAINS = ("www.", "www.", "www.", "", "", "blog.", "news.", "m.")
_HEADLINES = 12


@dataclass(frozen=True)
class Site:
    """One site.

    Args:
        host: under `.example`, which is nobody's (RFC 2606).
        layout: 0 to 4, the page template.
        headlines: titles of its other pages, for menus and sidebars.
    """

    host: str
    name: str
    language: str
    layout: int
    headlines: tuple[str, ...]


def make_sites(language: str, count: int, seed: int) -> list[Site]:
    """Make sites in one language with different hosts, the same for the same seed."""
    rng = Random(f"{seed}/sites/{language}")
    draw, junk = rng.random, junk_grammar()
    subjects = grammars(language)
    sites: dict[str, Site] = {}
    while len(sites) < count:
        first, second = junk.phrase("host_first", draw), junk.phrase("host_second", draw)
        host = f"{pick(draw, _SUBDOMAINS)}{first}-{second}-{language}{len(sites)}.example"
        headlines = tuple(pick(draw, subjects).sentence("titles", draw) for _ in range(_HEADLINES))
        sites[host] = Site(host, f"{first} {second}".title(), language, between(draw, 0, LAYOUTS - 1), headlines)
    return list(sites.values())
