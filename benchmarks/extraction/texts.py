"""What the peers make of the pages, kept in .bench/extraction until a version, a page or the peers' program changes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from benchmarks.extraction.pages import Page
from benchmarks.peer import ROOT, Peer, versions

FOLDER = ROOT / ".bench" / "extraction"
MODULE = "extractors"
OURS = "lakesift"
BASE = "trafilatura"
"""What the others' figures are compared with."""
PEERS = ("resiliparse", "trafilatura fast", BASE, "trafilatura precision", "readability-lxml", "jusText")
PACKAGES = (
    "Resiliparse",
    "trafilatura",
    "readability-lxml",
    "html-text",
    "jusText",
    "lxml",
    "lxml_html_clean",
    "pycld2",
)


@dataclass(frozen=True)
class Texts:
    """One extractor's texts in the order of the pages, and its errors by URL; a page that failed has the text ""."""

    texts: list[str]
    errors: dict[str, str]

    @property
    def empty(self) -> int:
        """Pages without text that did not fail."""
        return sum(not text.strip() for text in self.texts) - len(self.errors)


def of_peers(pages: list[Page], names: list[str], folder: Path) -> dict[str, Texts]:
    """The texts of the named peers, from the cache where they are there.

    Args:
        pages: all pages.
        names: among `PEERS`.
        folder: for the peers' process.
    """
    key = _key(pages)
    files = {name: FOLDER / f"{name.replace(' ', '_')}-{key}.json" for name in names}
    missing = [name for name in names if not files[name].is_file()]
    FOLDER.mkdir(parents=True, exist_ok=True)
    if missing:
        with Peer(MODULE, [page.html for page in pages], folder) as peer:
            for name in missing:
                found = peer.measure(f"texts of {name}").result
                files[name].write_text(json.dumps(found), encoding="utf-8")
    return {name: from_attempts(pages, json.loads(file.read_text(encoding="utf-8"))) for name, file in files.items()}


def from_attempts(pages: list[Page], attempts: list[tuple[str | None, str]]) -> Texts:
    """Texts of (text, error) of each page."""
    errors = {page.url: error for page, (text, error) in zip(pages, attempts, strict=True) if text is None}
    return Texts([text or "" for text, _ in attempts], errors)


def _key(pages: list[Page]) -> str:
    digest = hashlib.sha256(json.dumps(versions(PACKAGES), sort_keys=True).encode())
    digest.update((ROOT / "benchmarks" / "peers" / f"{MODULE}.py").read_bytes())
    for page in pages:
        digest.update(page.html.encode(errors="surrogatepass") + b"\0")
    return digest.hexdigest()[:16]
