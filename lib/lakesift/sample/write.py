"""Writes a sample crawl: WARC files of a small invented web, and their truth."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from lakesift.errors import UsageError
from lakesift.sample.archive import ArchiveWriter, http_response
from lakesift.sample.article import Article, pick, revise, with_contact, write_article
from lakesift.sample.grammar import Draw
from lakesift.sample.html import Image, article_html, page_html
from lakesift.sample.junk import doorway_body, junk_body
from lakesift.sample.plan import Planned, plan_pages, site_counts
from lakesift.sample.planted import TRUTH_FILE, Planted, write_truth
from lakesift.sample.records import DAMAGES, OTHERS, add_damage, add_other, schedule
from lakesift.sample.settings import JUNK_KINDS, SampleSettings
from lakesift.sample.sites import Site, make_sites

MIN_PAGES = 20
_PAGES_EACH_OTHER, _PAGES_EACH_DAMAGE = 150, 2_000
_SECONDS_BETWEEN_PAGES = 7
_ENCODINGS = ("", "", "", "", "", "", "gzip", "gzip", "gzip", "br", "deflate")
_CHUNKED = 0.1
_LEGACY_CHARSETS = {
    "de": ("iso-8859-1", "windows-1252"),
    "es": ("iso-8859-1", "windows-1252"),
    "fr": ("iso-8859-1", "iso-8859-15"),
    "ru": ("windows-1251", "koi8-r"),
    "el": ("windows-1253", "iso-8859-7"),
    "zh": ("gb18030", "gbk"),
    "ja": ("shift_jis", "euc-jp"),
}


@dataclass(frozen=True)
class SampleSummary:
    """A summary of the files written.

    Args:
        files: the WARC files.
        truth: the Parquet file with one row per planted page or record.
        pages: HTML pages; `records` counts every planted row of the truth.
        compressed_bytes: of the WARC files.
        kinds, languages: number of each; languages of pages that are not junk.
    """

    files: tuple[Path, ...]
    truth: Path
    pages: int
    records: int
    compressed_bytes: int
    kinds: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        """Format the summary as one sentence for a terminal."""
        size = f"{self.compressed_bytes / 1e6:.1f} MB"
        others = self.records - self.pages
        return (
            f"{self.pages:,} pages and {others:,} other records in {len(self.files)} WARC files ({size}) "
            f"in {self.truth.parent}; the truth about them in {self.truth.name}"
        )


def write_sample(directory: Path, pages: int, seed: int, settings: SampleSettings | None = None) -> SampleSummary:
    """Write a sample crawl and its truth, the same bytes for the same arguments.

    An older sample in the directory is replaced.

    Args:
        directory: created when missing; gets `sample-00000.warc.gz`, ... and `truth.parquet`.
        pages: HTML pages, at least 20; redirects, errors, other formats and broken records come on top.
        seed: of every choice, dates included.

    Raises:
        UsageError: fewer pages than 20, or the directory is a file.
    """
    if pages < MIN_PAGES:
        raise UsageError(f"a sample of {pages} pages is too small", expected=f"at least {MIN_PAGES} pages")
    if directory.exists() and not directory.is_dir():
        raise UsageError(f"{directory} is not a folder", next_step="name a new folder")
    directory.mkdir(parents=True, exist_ok=True)
    for old in (directory / TRUTH_FILE, *directory.glob("sample-[0-9][0-9][0-9][0-9][0-9].warc.gz")):
        old.unlink(missing_ok=True)
    sample = _Sample(pages, seed, settings or SampleSettings())
    rows: list[Planted] = []
    files = []
    for number, start in enumerate(range(0, pages, sample.settings.pages_per_file)):
        files.append(directory / f"sample-{number:05d}.warc.gz")
        with ArchiveWriter(files[-1], seed, pages, sample.date(start)) as writer:
            for index in range(start, min(start + sample.settings.pages_per_file, pages)):
                rows += sample.write(writer, index)
    write_truth(directory / TRUTH_FILE, rows)
    return SampleSummary(
        files=tuple(files),
        truth=directory / TRUTH_FILE,
        pages=pages,
        records=len(rows),
        compressed_bytes=sum(path.stat().st_size for path in files),
        kinds=Counter(row.kind for row in rows),
        languages=Counter(row.language for row in rows if row.language),
    )


class _Sample:
    """The plan of one sample, and the data that its pages share."""

    def __init__(self, pages: int, seed: int, settings: SampleSettings) -> None:
        self.seed, self.settings = seed, settings
        self._plan = plan_pages(pages, seed, settings)
        self._sites = {language: make_sites(language, n, seed) for language, n in site_counts(pages, settings).items()}
        rng = Random(f"{seed}/records")
        self._others = schedule(OTHERS, pages, _PAGES_EACH_OTHER, rng)
        self._damages = schedule(DAMAGES, pages, _PAGES_EACH_DAMAGE, rng)
        self._start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(
            days=rng.randrange(700), seconds=rng.randrange(86_400)
        )

    def date(self, index: int) -> datetime:
        """Return the time at which the page was fetched."""
        return self._start + timedelta(seconds=index * _SECONDS_BETWEEN_PAGES)

    def write(self, writer: ArchiveWriter, index: int) -> Iterator[Planted]:
        """Append one page, after the other records scheduled before it."""
        planned = self._plan[index]
        rng = Random(f"{self.seed}/page/{index}")
        site = self._sites[planned.language][planned.site]
        date = self.date(index)
        for name in self._others.get(index, ()):
            url = f"https://{site.host}/{name}/{index}"
            doc_id, place = add_other(writer, name, url, date, rng)
            yield Planted(url, doc_id, name, "other", place)
        for name in self._damages.get(index, ()):
            url = f"https://{site.host}/{name}/{index}"
            title, inner = junk_body("thin", "en", rng)
            body = page_html(title, inner * 40, site, url, "utf-8", rng.random).encode()
            doc_id, place = add_damage(writer, name, url, date, body, rng)
            yield Planted(url, doc_id, name, "quarantine", place)
        yield self._page(writer, planned, index, site, date, rng)

    def _page(
        self, writer: ArchiveWriter, planned: Planned, index: int, site: Site, date: datetime, rng: Random
    ) -> Planted:
        draw = rng.random
        is_junk = planned.kind in JUNK_KINDS
        article = None if is_junk else self._article(planned)
        images: tuple[Image, ...] = ()
        content: tuple[str, ...] = ()
        if article:
            title = article.title
            inner, images, own = article_html(article, site, draw)
            content = (title, *own)
        elif planned.kind == "doorway":
            title, inner = doorway_body(planned.work, planned.variant, self.seed)
        else:
            title, inner = junk_body(planned.kind, planned.language, rng)
        url = _url(site, title, index, date, draw)
        charset, header, meta = self._charset(planned.language, draw)
        html = page_html(title, inner, site, url, charset if meta else None, draw)
        encoding = pick(draw, _ENCODINGS)
        response = http_response(
            html.encode(charset, "xmlcharrefreplace"),
            content_type=f"text/html; charset={charset}" if header else "text/html",
            encoding=encoding,
            chunked=draw() < _CHUNKED,
        )
        doc_id, place = writer.page(url, date, response)
        return Planted(
            url=url,
            doc_id=doc_id,
            kind=planned.kind,
            expected="page",
            place=place,
            junk=is_junk,
            language=None if is_junk else planned.language,
            cluster=planned.cluster,
            emails=article.emails if article else (),
            ips=article.ips if article else (),
            images=images,
            content=content,
            charset=charset,
            content_encoding=encoding or None,
        )

    def _article(self, planned: Planned) -> Article:
        article = self._original(planned)
        if planned.kind == "syndicated":
            rng = Random(f"{self.seed}/revision/{planned.work}/{planned.variant}")
            return revise(article, planned.subject, rng, self.settings.largest_revision)
        if planned.quotes:
            work, subject = planned.quotes
            rng = Random(f"{self.seed}/quote/{planned.work}")
            other = write_article(planned.language, subject, Random(f"{self.seed}/work/{work}"), long=False)
            return replace(article, quoted=other.joiner.join(pick(rng.random, other.paragraphs)))
        return article

    def _original(self, planned: Planned) -> Article:
        rng = Random(f"{self.seed}/work/{planned.work}")
        article = write_article(planned.language, planned.subject, rng, long=planned.copied)
        sites = self._sites[planned.language]
        host = sites[(planned.site - planned.variant) % len(sites)].host
        if rng.random() < self.settings.emails:
            article = with_contact(article, planned.subject, rng, host, email=True)
        if rng.random() < self.settings.addresses:
            article = with_contact(article, planned.subject, rng, host, email=False)
        return article

    def _charset(self, language: str, draw: Draw) -> tuple[str, bool, bool]:
        """Draw the character set, and whether HTTP header and meta element declare it.

        At least one of them does.
        """
        is_legacy = language in _LEGACY_CHARSETS and draw() < self.settings.legacy_charset
        charset = pick(draw, _LEGACY_CHARSETS[language]) if is_legacy else "utf-8"
        declared = draw()
        return charset, declared < 0.7, declared > 0.4


def _url(site: Site, title: str, index: int, date: datetime, draw: Draw) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = "-".join("".join(c if c.isalnum() else " " for c in plain).split()[:7]) or "page"
    forms = (
        f"{date:%Y/%m}/{slug}-{index}",
        f"{slug}-{index}.html",
        f"article.php?id={index}&title={slug}",
        f"news/{index}/{slug}",
    )
    return f"https://{site.host}/{pick(draw, forms)}"
