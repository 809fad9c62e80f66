"""Junk pages as in real crawls.

The kinds are spam, doorways, link lists, teasers, thin pages, filler text, code and numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from random import Random

from lakesift.sample.article import between, pick
from lakesift.sample.grammar import Draw, Grammar, capital, grammars, junk_grammar, labels

Body = tuple[str, str]
"""Title and inner HTML."""
_TOWNS = 90
_PITCHES = 14


def junk_body(kind: str, language: str, rng: Random) -> Body:
    """Return title and inner HTML of one junk page.

    `kind` is one of `settings.JUNK_KINDS` except "doorway".
    """
    return _WRITERS[kind](junk_grammar(), language, rng)


def doorway_body(campaign: int, page: int, seed: int) -> Body:
    """Return one page of a campaign.

    Each page has the campaign's text with another city and telephone number.

    Two campaigns of three end with a list of all their towns, as such pages often do.
    """
    rng = Random(f"{seed}/doorway/{campaign}")
    grammar, draw = junk_grammar(), rng.random
    service = grammar.phrase("service", draw)
    deck = rng.sample(range(grammar.size("pitch")), _PITCHES)
    sentences = [
        grammar.sentence("pitch_opening", draw),
        *(grammar.sentence("pitch", draw, which) for which in deck),
        grammar.sentence("pitch_closing", draw),
    ]
    parts = [f"<p>{escape(' '.join(sentences[at : at + 4]), quote=False)}</p>" for at in range(0, len(sentences), 4)]
    if campaign % 3:
        towns = [f"{capital(service)} in {grammar.phrase('town', draw)}" for _ in range(_TOWNS)]
        parts.append(f"<p>{'<br>'.join(dict.fromkeys(towns))}</p>")
    own = Random(f"{seed}/doorway/{campaign}/{page}").random
    filled = {
        "__SERVICE__": service,
        "__CITY__": grammar.phrase("town", own),
        "__PHONE__": grammar.phrase("phone", own),
    }
    title, body = f"{capital(service)} in __CITY__", "\n".join(parts)
    for slot, text in filled.items():
        title, body = title.replace(slot, text), body.replace(slot, text)
    return title, body


def _spam(grammar: Grammar, language: str, rng: Random) -> Body:
    draw = rng.random
    offers = [grammar.phrase("offer", draw) for _ in range(8)]
    way = between(draw, 0, 3)
    if way == 0:
        lines = [" ".join(pick(draw, offers) for _ in range(between(draw, 2, 6))) for _ in range(between(draw, 15, 50))]
    elif way == 1:
        slogans = [grammar.sentence("slogan", draw) for _ in range(5)]
        lines = [pick(draw, slogans) for _ in range(between(draw, 15, 50))]
    elif way == 2:
        lines = [grammar.sentence("teaser", draw) for _ in range(between(draw, 12, 40))]
    else:
        lines = [" ".join(grammar.phrase("hashtag", draw) for _ in range(6)) for _ in range(between(draw, 8, 25))]
    return capital(offers[0]), "".join(f"<p>{escape(line, quote=False)}</p>\n" for line in lines)


def _list(grammar: Grammar, language: str, rng: Random) -> Body:
    draw = rng.random
    subject = pick(draw, grammars(language))
    titles = [subject.sentence("titles", draw) for _ in range(between(draw, 25, 80))]
    items = "".join(
        f'<li><a href="/link/{at}">{escape(title, quote=False)}</a></li>\n' for at, title in enumerate(titles)
    )
    return titles[0], f"<ul>\n{items}</ul>"


def _navigation(grammar: Grammar, language: str, rng: Random) -> Body:
    draw = rng.random
    subject, named = pick(draw, grammars(language)), labels(language)
    links = f'<p><a href="#">{named["more"]}</a></p><p><a href="#">{named["comments"]}: 0</a></p>'
    teasers = []
    for at in range(between(draw, 8, 20)):
        title, text = subject.sentence("titles", draw), subject.sentence("sentences", draw)
        cut = text[: between(draw, 30, 60)]
        teasers.append(f'<div class="teaser"><h3><a href="/{at}">{title}</a></h3><p>{cut} ...</p>{links}</div>')
    return subject.sentence("titles", draw), "\n".join(teasers)


def _thin(grammar: Grammar, language: str, rng: Random) -> Body:
    draw = rng.random
    if language != "en":
        subject = pick(draw, grammars(language))
        return subject.sentence("titles", draw), f"<p>{subject.sentence('sentences', draw)}</p>"
    return capital(grammar.phrase("item", draw)), f"<p>{grammar.sentence('thin', draw)}</p>"


def _lorem(grammar: Grammar, language: str, rng: Random) -> Body:
    draw = rng.random
    sentences = [
        capital(" ".join(grammar.phrase("latin", draw) for _ in range(between(draw, 6, 16)))) + "."
        for _ in range(between(draw, 10, 30))
    ]
    return "Sample page", f"<p>Lorem ipsum {' '.join(sentences[:5])}</p>\n<p>{' '.join(sentences[5:])}</p>"


def _code(grammar: Grammar, language: str, rng: Random) -> Body:
    draw = rng.random
    lines = [grammar.phrase("code", draw) for _ in range(between(draw, 20, 60))]
    intro = "This is how the module was built; the listing has not been tested with the older releases of the library."
    return f"{grammar.phrase('name', draw)}.js", f"<p>{intro}</p><pre><code>{escape(chr(10).join(lines))}</code></pre>"


def _data(grammar: Grammar, language: str, rng: Random) -> Body:
    draw = rng.random
    rows = []
    for _ in range(between(draw, 20, 60)):
        cells = (grammar.phrase("nonsense", draw), *(f"{draw() * 900:.2f}" for _ in range(4)))
        rows.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    return f"Table {grammar.phrase('number', draw)}", f"<table>{chr(10).join(rows)}</table>"


def _gibberish(grammar: Grammar, language: str, rng: Random) -> Body:
    draw = rng.random
    sentences = [_nonsense(grammar, draw) for _ in range(between(draw, 8, 25))]
    return sentences[0][:40], f"<p>{' '.join(sentences[:6])}</p>\n<p>{' '.join(sentences[6:])}</p>"


def _nonsense(grammar: Grammar, draw: Draw) -> str:
    return capital(" ".join(grammar.phrase("nonsense", draw) for _ in range(between(draw, 6, 14)))) + "."


_WRITERS: dict[str, Callable[[Grammar, str, Random], Body]] = {
    "spam": _spam,
    "list": _list,
    "navigation": _navigation,
    "thin": _thin,
    "lorem": _lorem,
    "code": _code,
    "data": _data,
    "gibberish": _gibberish,
}
