"""The pages of a sample crawl before any text is written.

The plan has their kinds, languages, clusters and sites.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from lakesift.sample.grammar import grammars
from lakesift.sample.settings import JUNK_KINDS, SampleSettings

_MAX_CLUSTER = 4  # copies of one article, beside the original
_JUNK_IN_ALL_LANGUAGES = ("list", "navigation", "thin")


@dataclass(frozen=True)
class Planned:
    """One HTML page to write.

    Args:
        work: number of its text (or of its campaign, for a doorway page); copies share it.
        variant: 0 for the original, then 1, 2, ... for its copies; the page of the campaign, for a doorway page.
        subject: number of the subject within the language.
        site: number of its site within the language.
        copied: whether the text has copies anywhere, so that it must be long.
        quotes: work and subject of the article that a quoting article takes a paragraph from.
    """

    kind: str
    language: str
    work: int
    variant: int = 0
    subject: int = 0
    site: int = 0
    copied: bool = False
    quotes: tuple[int, int] | None = None

    @property
    def cluster(self) -> str | None:
        """Name of its group of planted duplicates."""
        if self.kind == "doorway":
            return f"doorway-{self.work}"
        return f"story-{self.work}" if self.copied else None


def plan_pages(pages: int, seed: int, settings: SampleSettings) -> list[Planned]:
    """Plan pages in the order of the crawl, the same for the same seed."""
    rng = Random(f"{seed}/plan")
    counts = apportion(pages, {**settings.kinds, "article": 1 - sum(settings.kinds.values())})
    sites = site_counts(pages, settings)
    articles = _articles(counts["article"] + counts["quoting"], rng, settings, sites)
    articles[counts["article"] :] = [
        replace(page, kind="quoting", quotes=_quotable(articles[: counts["article"]], page, rng))
        for page in articles[counts["article"] :]
    ]
    copies = _copies(articles[: counts["article"]], counts["syndicated"], counts["mirrored"], rng, sites)
    originals = {copy.work for copy in copies}
    planned = [replace(page, copied=page.work in originals) for page in articles] + copies
    planned += _junk(counts, len(articles), rng, settings, sites)
    rng.shuffle(planned)
    return planned


def site_counts(pages: int, settings: SampleSettings) -> dict[str, int]:
    """Return the number of sites in each language, at least two."""
    return {
        language: max(2, n // settings.pages_per_site) for language, n in apportion(pages, settings.languages).items()
    }


def apportion(total: int, shares: Mapping[str, float]) -> dict[str, int]:
    """Divide a total into whole numbers in proportion to the shares.

    The method is largest remainders, ties in order.
    """
    whole = sum(shares.values())
    exact = {name: total * share / whole for name, share in shares.items()}
    counts = {name: int(value) for name, value in exact.items()}
    by_remainder = sorted(exact, key=lambda name: counts[name] - exact[name])
    for name in by_remainder[: total - sum(counts.values())]:
        counts[name] += 1
    return counts


def _articles(count: int, rng: Random, settings: SampleSettings, sites: Mapping[str, int]) -> list[Planned]:
    languages = [language for language, n in apportion(count, settings.languages).items() for _ in range(n)]
    rng.shuffle(languages)
    # Squared, so that the first subjects are frequent and the last ones rare: balancing needs a head and a tail.
    return [
        Planned(
            "article",
            language,
            work,
            0,
            int(len(grammars(language)) * rng.random() ** 2),
            rng.randrange(sites[language]),
        )
        for work, language in enumerate(languages)
    ]


def _quotable(articles: list[Planned], page: Planned, rng: Random) -> tuple[int, int] | None:
    same = [article for article in articles if article.language == page.language]
    if not same:
        return None
    chosen = same[rng.randrange(len(same))]
    return chosen.work, chosen.subject


def _copies(
    articles: list[Planned], syndicated: int, mirrored: int, rng: Random, sites: Mapping[str, int]
) -> list[Planned]:
    # Only languages that put spaces between words: elsewhere the tokenizer decides how similar two versions are.
    spaced = [article for article in articles if grammars(article.language)[0].joiner]
    order = rng.sample(spaced, len(spaced))
    copies: list[Planned] = []
    while len(copies) < syndicated + mirrored:
        original = order.pop()
        is_mirrored = len(copies) >= syndicated
        wanted = 1 if is_mirrored else min(1 + rng.randrange(_MAX_CLUSTER), syndicated - len(copies))
        copies += [
            replace(
                original,
                kind="mirrored" if is_mirrored else "syndicated",
                variant=variant,
                site=(original.site + variant) % sites[original.language],
                copied=True,
            )
            for variant in range(1, wanted + 1)
        ]
    return copies


def _junk(
    counts: Mapping[str, int], first: int, rng: Random, settings: SampleSettings, sites: Mapping[str, int]
) -> list[Planned]:
    planned: list[Planned] = []
    languages = list(settings.languages)
    weights = list(settings.languages.values())
    for kind in JUNK_KINDS:
        for at in range(counts.get(kind, 0)):
            is_any = kind in _JUNK_IN_ALL_LANGUAGES
            language = rng.choices(languages, weights)[0] if is_any else languages[0]
            work, variant = divmod(at, settings.doorway_campaign) if kind == "doorway" else (first + len(planned), 0)
            planned.append(Planned(kind, language, work, variant, site=rng.randrange(sites[language])))
    return planned
