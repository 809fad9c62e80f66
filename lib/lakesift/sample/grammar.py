"""Texts from word lists and sentence patterns.

The grammar has no recursion and is compiled once for each subject.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from lakesift.errors import UsageError

Draw = Callable[[], float]
Part = Any  # str, or a list of alternatives, each a str or a tuple of parts; mypy has no cheap recursive form for it
_SLOT = re.compile(r"\{([a-z_]+)(?:\.([a-z]+))?\}")
_OPENING_MARKS = "“„«「 "
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the compiled one is ten times faster
LATER = ("contact",)  # slots that the page fills in itself


class Grammar:
    """The patterns of one language, or of one subject in it.

    Args:
        lists: word list name to its words, each a tuple of forms.
        forms: word list name to the names of its forms.
        rules: rule name to its patterns; `{list}`, `{list.form}` and `{rule}` are slots.
        replace: (regular expression, replacement) pairs run over every phrase: elision, contraction, "a" and "an".
        joiner: the separator of two sentences; it says whether units are words (" ") or characters ("").
    """

    def __init__(
        self,
        lists: Mapping[str, list[tuple[str, ...]]],
        forms: Mapping[str, list[str]],
        rules: Mapping[str, list[str]],
        replace: list[list[str]],
        joiner: str,
    ) -> None:
        self.joiner = joiner
        self._lists, self._forms, self._rules = lists, forms, rules
        self._replace = [(re.compile(pattern), repl) for pattern, repl in replace]
        self._choices: dict[str, list[Part]] = {}
        self._finders: dict[str, re.Pattern[str]] = {}
        for name in (*rules, *lists):
            self._choice(name, None)

    def size(self, rule: str) -> int:
        """Return the number of alternatives of a rule or list."""
        return len(self._choices[rule])

    def swap(self, name: str, text: str, draw: Draw) -> str:
        """Replace the first word of a list in the text by another draw.

        A text without such a word stays the same.
        """
        found = self._finder(name).search(text) if name in self._lists else None
        return text[: found.start()] + self.phrase(name, draw) + text[found.end() :] if found else text

    def phrase(self, rule: str, draw: Draw, which: int | None = None) -> str:
        """Write one text of a rule; `which` picks the alternative instead of `draw`."""
        alternatives = self._choices[rule]
        picked = alternatives[int(draw() * len(alternatives)) if which is None else which]
        out: list[str] = []
        _expand(picked, draw, out)
        text = "".join(out)
        for pattern, repl in self._replace:
            text = pattern.sub(repl, text)
        return text

    def sentence(self, rule: str, draw: Draw, which: int | None = None) -> str:
        """Write one text of a rule as `phrase` does, with a capital at the start."""
        return capital(self.phrase(rule, draw, which))

    def _finder(self, name: str) -> re.Pattern[str]:
        if name not in self._finders:
            edge = r"\b" if self.joiner else ""
            self._finders[name] = re.compile(
                f"{edge}(?:{'|'.join(re.escape(word[0]) for word in self._lists[name])}){edge}"
            )
        return self._finders[name]

    def _choice(self, name: str, form: str | None) -> list[Part]:
        key = f"{name}.{form}" if form else name
        if key in self._choices:
            return self._choices[key]
        if name in self._lists:
            at = self._forms[name].index(form) if form else 0
            choice: list[Part] = [word[at] for word in self._lists[name]]
        elif name in self._rules:
            choice = [self._compile(pattern) for pattern in self._rules[name]]
        else:
            raise UsageError(
                f"no word list or rule {name!r} in the sample's vocabulary", expected=", ".join(self._rules)
            )
        self._choices[key] = choice
        return choice

    def _compile(self, pattern: str) -> Part:
        parts: list[Part] = []
        at = 0
        for slot in _SLOT.finditer(pattern):
            if slot[1] in LATER:
                continue
            if slot.start() > at:
                parts.append(pattern[at : slot.start()])
            parts.append(self._choice(slot[1], slot[2]))
            at = slot.end()
        if at < len(pattern):
            parts.append(pattern[at:])
        is_literal = len(parts) == 1 and isinstance(parts[0], str)
        return parts[0] if is_literal else tuple(parts)


def capital(text: str) -> str:
    """Return the text with its first letter in upper case, after opening quotes."""
    at = 0
    while at < len(text) and text[at] in _OPENING_MARKS:
        at += 1
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]


def _expand(picked: Part, draw: Draw, out: list[str]) -> None:
    if type(picked) is str:
        out.append(picked)
        return
    for part in picked:
        if type(part) is str:
            out.append(part)
        else:
            _expand(part[int(draw() * len(part))], draw, out)


def _words(line: object) -> list[tuple[str, ...]]:
    """Parse `a|+s, b|-es` to [(a, as), ...].

    "+x" appends x to the first form, "-x" replaces its last letter by x.
    """
    return [tuple(_form(entry.split("|")[0], form) for form in entry.split("|")) for entry in str(line).split(", ")]


def _form(first: str, form: str) -> str:
    if form[:1] == "+":
        return first + form[1:]
    return first[:-1] + form[1:] if form[:1] == "-" else form


@cache
def _vocabulary(name: str) -> dict[str, Any]:
    text = (files("lakesift.sample") / f"{name}.yml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, _LOADER)
    return loaded


def _grammar(head: Mapping[str, Any], *sources: Mapping[str, Any]) -> Grammar:
    lists: dict[str, list[tuple[str, ...]]] = {}
    rules: dict[str, list[str]] = {}
    for source in sources:
        lists.update({name: _words(line) for name, line in source.get("lists", {}).items()})
        rules.update(
            {name: list(value) for name, value in source.items() if isinstance(value, list) and name != "replace"}
        )
        rules.update(source.get("rules", {}))
    return Grammar(lists, head.get("forms", {}), rules, head.get("replace", []), head.get("joiner", " "))


@cache
def grammars(language: str) -> tuple[Grammar, ...]:
    """Load one grammar for each subject of a language, the most popular subject first."""
    head = _vocabulary(language)
    topics = head.get("topics") or _vocabulary(f"{language}_topics")["topics"]
    return tuple(_grammar(head, head, {"lists": topic}) for topic in topics.values())


@cache
def junk_grammar() -> Grammar:
    """Load the grammar of junk pages, site names and bad alt texts (English)."""
    head = _vocabulary("en")
    return _grammar(head, {"lists": head["lists"]}, _vocabulary("junk"))


@cache
def labels(language: str) -> dict[str, str]:
    """Load the words of a site in this language on its menu, buttons and notices."""
    found: dict[str, str] = _vocabulary(language)["labels"]
    return found
