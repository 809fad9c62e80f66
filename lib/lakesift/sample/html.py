"""Whole HTML pages: content in the layout of its site.

The layout has menus, sidebars, notices and pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from lakesift.sample.article import Article, between, pick
from lakesift.sample.grammar import Draw, junk_grammar, labels
from lakesift.sample.sites import Site

BAD_ALTS = 0.45
"""Share of pictures in articles whose alt text says nothing about them."""
INNER_NOTICES = 0.12
"""Share of articles with a cookie or JavaScript notice between the paragraphs."""
_HEAD = """<meta name="viewport" content="width=device-width">
<style>body{font-family:Georgia,serif;margin:0}.box{border:1px solid #ccc;padding:8px}nav a{margin-right:1em}</style>
<script>window.stats=window.stats||[];(function(w)\
{w.stats.push({page:location.pathname,t:Date.now()});})(window);</script>
"""


@dataclass(frozen=True)
class Image:
    """A picture of a page; `good` says whether its alt text describes it."""

    url: str
    alt: str
    good: bool


def article_html(article: Article, site: Site, draw: Draw) -> tuple[str, tuple[Image, ...], tuple[str, ...]]:
    """Return the inner HTML of an article, its pictures, and its own texts."""
    images = tuple(_image(caption, site, draw) for caption in article.captions[: len(article.paragraphs)])
    named = labels(site.language)
    byline = f"{named['by']} {article.author}, {site.name}"
    parts, own = [f'<p class="byline">{byline}</p>'], [byline]
    notice = between(draw, 0, len(article.paragraphs)) if draw() < INNER_NOTICES else -1
    for at, paragraph in enumerate(article.paragraphs):
        if at == notice:
            parts.append(f"<p>{named[pick(draw, ('cookie', 'script'))]}</p>")
        if at in article.subheads:
            parts.append(f"<h2>{escape(article.subheads[at], quote=False)}</h2>")
            own.append(article.subheads[at])
        parts.append(f"<p>{escape(article.joiner.join(paragraph), quote=False)}</p>")
        own.append(article.joiner.join(paragraph))
        if at < len(images):
            caption = article.captions[at] if draw() < 0.3 else ""
            parts.append(_figure(images[at], caption, draw))
            own += [caption] if caption else []
    if article.quoted:
        own.append(article.quoted)
        parts.insert(
            between(draw, 2, len(parts)), f"<blockquote><p>{escape(article.quoted, quote=False)}</p></blockquote>"
        )
    return "\n".join(parts), images, tuple(own)


def page_html(title: str, inner: str, site: Site, url: str, charset: str | None, draw: Draw) -> str:
    """Return a whole page.

    `charset` is declared in a meta element unless it is None.
    """
    named = labels(site.language)
    related = [pick(draw, site.headlines) for _ in range(5)]
    meta = f'<meta charset="{charset}">\n' if charset else ""
    heading = escape(title, quote=False)
    head = (
        f'<!DOCTYPE html>\n<html lang="{site.language}">\n<head>\n{meta}<title>{heading} - {site.name}</title>\n'
        f'<link rel="canonical" href="{escape(url)}">\n{_HEAD}</head>\n'
    )
    return head + _BODIES[site.layout](heading, inner, site, named, related) + "\n</html>\n"


def _image(caption: str, site: Site, draw: Draw) -> Image:
    good = draw() >= BAD_ALTS
    number = between(draw, 1000, 99999)
    alt = caption if good else junk_grammar().phrase("bad_alts", draw)
    return Image(f"https://{site.host}/images/{number}.jpg", alt, good)


def _figure(image: Image, caption: str, draw: Draw) -> str:
    width = pick(draw, (320, 640, 800, 1200))
    picture = f'<img src="{image.url}" alt="{escape(image.alt)}" width="{width}" height="{width * 3 // 4}">'
    shown = f"<figcaption>{escape(caption, quote=False)}</figcaption>" if caption else ""
    return f"<figure>{picture}{shown}</figure>"


def _menu(named: dict[str, str]) -> str:
    keys = ("home", "news", "archive", "about", "contact", "login")
    return "".join(f'<li><a href="/{key}">{named[key]}</a></li>' for key in keys)


def _links(related: list[str]) -> str:
    return "".join(
        f'<li><a href="/story/{at}">{escape(title, quote=False)}</a></li>' for at, title in enumerate(related)
    )


def _footer(site: Site, named: dict[str, str]) -> str:
    links = " | ".join(f'<a href="/{key}">{named[key]}</a>' for key in ("privacy", "terms"))
    return f"<p>&copy; {site.name}. {named['rights']}. {links}</p>"


def _semantic(heading: str, inner: str, site: Site, named: dict[str, str], related: list[str]) -> str:
    return f"""<body>
<header><a class="logo" href="/"><img src="/logo.svg" alt="logo"></a><nav><ul>{_menu(named)}</ul></nav></header>
<noscript>{named["script"]}</noscript>
<main><article><h1>{heading}</h1>
{inner}
</article></main>
<aside><h3>{named["related"]}</h3><ul>{_links(related)}</ul></aside>
<footer>{_footer(site, named)}</footer>
<div class="cookie-banner" role="dialog"><p>{named["cookie"]}</p><button>OK</button></div>
</body>"""


def _blog(heading: str, inner: str, site: Site, named: dict[str, str], related: list[str]) -> str:
    return f"""<body class="single">
<div id="wrapper"><div id="header"><h2 class="site-title"><a href="/">{site.name}</a></h2>
<ul class="menu">{_menu(named)}</ul></div>
<div id="content"><div class="post hentry"><h1 class="entry-title">{heading}</h1><div class="entry-content">
{inner}
</div><div class="sharedaddy share-buttons"><span>{named["share"]}</span>
<a href="#">f</a> <a href="#">t</a></div></div>
<div id="comments" class="comments"><h3>{named["comments"]} (0)</h3></div></div>
<div id="sidebar" class="sidebar widget-area"><form><input placeholder="{named["search"]}"></form>
<h3>{named["related"]}</h3>
<ul>{_links(related)}</ul></div>
<div id="footer">{_footer(site, named)}</div></div>
</body>"""


def _portal(heading: str, inner: str, site: Site, named: dict[str, str], related: list[str]) -> str:
    return f"""<body>
<div class="cookie-notice" id="cookie-notice">{named["cookie"]} <a href="/privacy">{named["privacy"]}</a></div>
<div class="top-bar navigation"><a href="/">{site.name}</a><ul>{_menu(named)}</ul></div>
<div class="container"><div class="row"><div class="col-8 article-body" id="main-content"><h1>{heading}</h1>
{inner}
</div><div class="col-4 sidebar"><div class="newsletter box">{named["subscribe"]}</div>
<div class="related box"><h4>{named["related"]}</h4><ul>{_links(related)}</ul></div></div></div></div>
<div class="footer page-footer">{_footer(site, named)}</div>
</body>"""


def _table(heading: str, inner: str, site: Site, named: dict[str, str], related: list[str]) -> str:
    return f"""<body bgcolor="#ffffff">
<table width="100%" border="0"><tr><td colspan="2" class="header"><font size="5">{site.name}</font></td></tr>
<tr><td width="160" valign="top" class="menu nav"><ul>{_menu(named)}{_links(related)}</ul></td>
<td valign="top" class="content"><h1>{heading}</h1>
{inner}
</td></tr>
<tr><td colspan="2" class="footer">{_footer(site, named)}</td></tr></table>
</body>"""


def _plain(heading: str, inner: str, site: Site, named: dict[str, str], related: list[str]) -> str:
    return f"""<body>
<div class="nav"><a href="/">{named["home"]}</a> |
<a href="/archive">{named["archive"]}</a> | <a href="/contact">{named["contact"]}</a></div>
<h1>{heading}</h1>
<div id="text">
{inner}
</div>
<div class="footer">{_footer(site, named)}</div>
</body>"""


_BODIES = (_semantic, _blog, _portal, _table, _plain)
