"""Articles: paragraphs of sentences in one language about one subject.

Articles have revisions and quotations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar

from lakesift.sample.grammar import Draw, Grammar, grammars

Item = TypeVar("Item")
Paragraph = tuple[str, ...]
_SHINGLE = 5
_ANY, _LONG = (4, 70), (18, 50)  # sentences of an article, without the first and the last
_PATTERN_USES = 1.4  # maximum sentences for each pattern: more would repeat phrases as no writer does
_SWAPS = ("town", "year", "month", "last", "first", "given", "weekday", "percent", "mood", "season")
_PUBLIC_NETWORKS = (
    23,
    45,
    62,
    77,
    81,
    88,
    91,
    141,
    151,
    185,
    193,
    212,
)  # first bytes without reserved blocks under them
_MAILBOXES = (
    "editor",
    "office",
    "letters",
    "redaktion",
    "contact",
    "press",
    "info.desk",
    "m.keller",
    "anna_p",
    "support+web",
)


@dataclass(frozen=True)
class Article:
    """One text before it becomes a page.

    Args:
        language: ISO 639-1 code.
        paragraphs: each a tuple of sentences.
        subheads: headings by the number of the paragraph that they precede.
        captions: descriptions of the pictures that go with it.
        quoted: a paragraph of another article, or None.
        emails, ips: addresses in its sentences.
    """

    language: str
    joiner: str
    title: str
    author: str
    paragraphs: tuple[Paragraph, ...]
    subheads: dict[int, str]
    captions: tuple[str, ...]
    quoted: str | None = None
    emails: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()

    @property
    def units(self) -> int:
        """Number of words, or of characters where words are not separated."""
        text = self.joiner.join(self.joiner.join(paragraph) for paragraph in self.paragraphs)
        return len(text.split(self.joiner)) if self.joiner else len(text)


def pick(draw: Draw, items: Sequence[Item]) -> Item:
    """Pick one of the items."""
    return items[int(draw() * len(items))]


def between(draw: Draw, low: int, high: int) -> int:
    """Draw an integer from low to high, both included."""
    return low + int(draw() * (high - low + 1))


def write_article(language: str, subject: int, rng: Random, *, long: bool) -> Article:
    """Write a new article.

    Args:
        language: ISO 639-1 code of one of the vocabularies.
        subject: number of the subject, taken modulo the subjects of the language.
        rng: source of every choice.
        long: at least 18 sentences, so that a few changed words leave a near duplicate.
    """
    subjects = grammars(language)
    grammar = subjects[subject % len(subjects)]
    draw = rng.random
    patterns = grammar.size("sentences")
    # Squared, so that most articles are short and a few long; no pattern twice before all were used.
    wanted = min(between(draw, *(_LONG if long else _ANY)), int(_PATTERN_USES * patterns))
    wanted = _ANY[0] + int((wanted - _ANY[0]) * (1 if long else draw()))
    deck = [*rng.sample(range(patterns), patterns), *rng.sample(range(patterns), patterns)][:wanted]
    paragraphs: list[Paragraph] = []
    while deck:
        count = min(between(draw, 2, 5), len(deck))
        paragraphs.append(tuple(grammar.sentence("sentences", draw, deck.pop()) for _ in range(count)))
    paragraphs[0] = (grammar.sentence("openings", draw), *paragraphs[0])
    paragraphs[-1] = (*paragraphs[-1], grammar.sentence("closings", draw))
    spaced = range(2, len(paragraphs) - 1, between(draw, 2, 4)) if draw() < 0.4 else range(0)
    return Article(
        language=language,
        joiner=grammar.joiner,
        title=grammar.sentence("titles", draw),
        author=grammar.phrase("person", draw),
        paragraphs=tuple(paragraphs),
        subheads={at: grammar.sentence("subheads", draw) for at in spaced},
        captions=tuple(grammar.sentence("captions", draw) for _ in range(between(draw, 0, 3))),
    )


def with_contact(article: Article, subject: int, rng: Random, host: str, *, email: bool) -> Article:
    """Return the article with one more sentence, which has an address.

    The address is an e-mail address at the host, or a public IPv4 address.
    """
    subjects = grammars(article.language)
    draw = rng.random
    found = f"{pick(draw, _MAILBOXES)}@{host}" if email else _public_address(draw)
    sentence = subjects[subject % len(subjects)].sentence("contacts" if email else "addresses", draw)
    at = between(draw, 0, len(article.paragraphs) - 1)
    paragraphs = list(article.paragraphs)
    paragraphs[at] = (*paragraphs[at], sentence.replace("{contact}", found))
    if email:
        return replace(article, paragraphs=tuple(paragraphs), emails=(*article.emails, found))
    return replace(article, paragraphs=tuple(paragraphs), ips=(*article.ips, found))


def revise(article: Article, subject: int, rng: Random, largest: float) -> Article:
    """Write a syndicated copy of an article.

    Names, places and numbers are changed; a sentence may be left out.

    Args:
        article: the original.
        subject: its subject.
        rng: source of every choice.
        largest: most of its word 5-grams that may change, as a share.
    """
    subjects = grammars(article.language)
    grammar = subjects[subject % len(subjects)]
    draw = rng.random
    budget = int(article.units * largest * (0.3 + 0.7 * draw()))
    paragraphs = [list(paragraph) for paragraph in article.paragraphs]
    if draw() < 0.4:
        budget -= _leave_out(paragraphs, article, draw, budget)
    contacts = (*article.emails, *article.ips)
    for _ in range(budget // _SHINGLE):
        paragraph = pick(draw, paragraphs)
        at = between(draw, 0, len(paragraph) - 1)
        if not any(contact in paragraph[at] for contact in contacts):
            paragraph[at] = _swap(paragraph[at], grammar, draw)
    return replace(article, paragraphs=tuple(tuple(paragraph) for paragraph in paragraphs))


def _leave_out(paragraphs: list[list[str]], article: Article, draw: Draw, budget: int) -> int:
    paragraph = pick(draw, paragraphs)
    at = between(draw, 0, len(paragraph) - 1)
    sentence = paragraph[at]
    cost = len(sentence.split(article.joiner) if article.joiner else sentence) + _SHINGLE - 1
    has_contact = any(contact in sentence for contact in (*article.emails, *article.ips))
    if len(paragraph) == 1 or cost > budget or has_contact:
        return 0
    del paragraph[at]
    return cost


def _swap(sentence: str, grammar: Grammar, draw: Draw) -> str:
    start = between(draw, 0, len(_SWAPS) - 1)
    for name in (*_SWAPS[start:], *_SWAPS[:start]):
        swapped = grammar.swap(name, sentence, draw)
        if swapped != sentence:
            return swapped
    return sentence


def _public_address(draw: Draw) -> str:
    return ".".join(str(part) for part in (pick(draw, _PUBLIC_NETWORKS), *(between(draw, 1, 254) for _ in range(3))))
