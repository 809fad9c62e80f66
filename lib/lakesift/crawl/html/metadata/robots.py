"""Rules for robots, from metas and headers.

Sources: developers.google.com/search/docs/crawling-indexing/robots-meta-tag (directives, named robots, and that the
strictest wins where several are given); TDM Reservation Protocol (W3C community group report, w3.org/2022/tdmrep);
`noai` and `noimageai` (DeviantArt, November 2022); `noml` (noml.info); `DisallowAITraining`
(draft-canel-robots-ai-control); Content-Usage (draft-ietf-aipref-attach).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from lakesift.crawl.html.metadata.columns import RobotRules

ALL: Final = "robots"
_ENDINGS: Final = ("bot", "spider", "crawler", "bot-news", "bot-image", "bot-video")
_ROBOTS: Final = frozenset(
    [
        "robots",
        "slurp",
        "teoma",
        "yeti",
        "ia_archiver",
        "mediapartners-google",
        "adsbot-google",
        "google-extended",
        "applebot-extended",
        "anthropic-ai",
        "claude-web",
        "chatgpt-user",
        "perplexity-user",
        "meta-externalagent",
        "cohere-ai",
        "img2dataset",
    ]
)
_VALUED: Final = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_SPLIT: Final = re.compile(r"[,;\s]+")
_AGENT: Final = re.compile(r"\s*([A-Za-z][A-Za-z0-9._-]{0,63})\s*:\s*")
_NO_TRAINING: Final = frozenset({"noai", "noml", "disallowaitraining"})
_REFUSALS: Final = frozenset({"noindex", "none"}) | _NO_TRAINING
_USAGE_REFUSED: Final = re.compile(r"(?:^|[\s,;])(?:train-(?:gen)?ai|bots)\s*=\s*\"?n\b", re.IGNORECASE)
_WORDS: Final = {
    "noindex": frozenset({"noindex", "none"}),
    "nofollow": frozenset({"nofollow", "none"}),
    "noarchive": frozenset({"noarchive", "nocache"}),
    "nosnippet": frozenset({"nosnippet"}),
    "noimageindex": frozenset({"noimageindex"}),
    "noai": _NO_TRAINING,
    "noimageai": frozenset({"noimageai"}),
}


def names_robot(name: str) -> bool:
    """Return whether a meta of this name (in lower case) addresses a robot."""
    return name in _ROBOTS or name.endswith(_ENDINGS)


def robot_rules(
    metas: Sequence[tuple[str, str]],
    headers: Mapping[str, str],
    reservations: Sequence[str],
    tdm_policy: str | None,
    most: int,
) -> RobotRules:
    """Gather the rules of a page.

    A reservation counts where either the page or the header makes it, and of the directives the strictest.

    Args:
        metas: name in lower case and content of the metas that `names_robot` accepts.
        headers: values by name in lower case; several X-Robots-Tag are lines of one value.
        reservations: values of `tdm-reservation`, in metas and header.
        tdm_policy: absolute address of the policy.
        most: maximum number of raw metas, and of named robots.
    """
    rules: dict[str, set[str]] = defaultdict(set)
    for name, content in metas:
        rules[name] |= _words(content)
    header = headers.get("x-robots-tag", "").strip()
    for line in header.split("\n") if header else ():
        _read_header(line, rules)
    to_all = rules.pop(ALL, set())
    stated = {value.strip() for value in reservations}
    reserved = True if "1" in stated else False if "0" in stated else None
    usage = headers.get("content-usage", "").strip()
    refuses = not to_all.isdisjoint(_NO_TRAINING) or reserved is True or _USAGE_REFUSED.search(usage) is not None
    return RobotRules(
        meta=tuple(dict.fromkeys(f"{name}: {content}" for name, content in metas))[:most],
        header=header or None,
        refused_bots=tuple(name for name, words in rules.items() if words & _REFUSALS)[:most],
        tdm_reservation=reserved,
        tdm_policy=tdm_policy,
        content_usage=usage or None,
        training_refused=refuses,
        **{name: not words.isdisjoint(to_all) for name, words in _WORDS.items()},
    )


def _words(content: str) -> set[str]:
    return {word.partition(":")[0] for word in _SPLIT.split(content.lower())}


def _read_header(line: str, rules: dict[str, set[str]]) -> None:
    """Add the words of one X-Robots-Tag.

    Words behind a robot's name are for that robot, up to the next name.
    """
    robot = ALL
    for part in line.split(","):
        agent = _AGENT.match(part)
        if agent is not None and agent[1].lower() not in _VALUED:
            robot, part = agent[1].lower(), part[agent.end() :]
        rules[robot] |= _words(part)
