"""`make conformance`: compare with datatrove, dolma and data-prep-kit's tables, and write docs/conformance.md."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
from benchmarks.inputs import REAL_PAGES, extracted
from benchmarks.peer import PYTHON, ROOT, environment
from pyarrow import feather

from conformance import ours, parity
from conformance.comparing import Agreement, compare
from conformance.page import PAGE, TARGET, page
from lakesift.spark.session import open_session

DOLMA = ROOT / ".bench" / "dolma" / "bin" / "python"
RULE_SETS = (
    "gopher_repetition@datatrove", "gopher_quality@datatrove", "c4@datatrove", "c4@fineweb", "fineweb_quality@datatrove",
)  # fmt: skip
EDITS = ("c4_lines@datatrove", "c4_terminal_lines@datatrove", "pii@datatrove")
DOLMA_FAMILIES = ("gopher_quality@dolma", "gopher_repetition@dolma")
PARITY = REAL_PAGES.parent / "parity"


def asked(python: Path, module: str, texts: list[str], folder: Path) -> dict[str, list[Any]]:
    """What a peer answers for the texts, by column."""
    given, answers = folder / f"{module}.in.arrow", folder / f"{module}.out.arrow"
    feather.write_feather(pa.table({"text": texts}), str(given))
    command = [str(python), "-m", f"conformance.peers.{module}", str(given), str(answers)]
    subprocess.run(command, check=True, env=environment(), cwd=folder)
    found: dict[str, list[Any]] = feather.read_table(str(answers)).to_pydict()
    return found


def with_datatrove(pages: pa.Table, folder: Path) -> dict[str, list[Agreement]]:
    """Compare decisions and edited texts with datatrove."""
    texts, urls = pages["text"].to_pylist(), pages["url"].to_pylist()
    theirs = asked(PYTHON, "datatrove_rules", texts, folder)
    spark = open_session({"spark.sql.shuffle.partitions": "2"})
    decided = ours.decisions(spark, pages, RULE_SETS, folder)
    spark.stop()
    return {
        "Decisions of datatrove 0.10.1, rule by rule": [
            compare(rule, urls, dropped, theirs[rule]) for rule, dropped in decided.items()
        ],
        "Texts after datatrove's edits": [
            compare(name, urls, ours.edited(texts, name), theirs[f"edit:{name}"]) for name in EDITS
        ],
    }


def with_dolma(pages: pa.Table, folder: Path) -> list[Agreement]:
    """Compare values with dolma's taggers."""
    texts, urls = pages["text"].to_pylist(), pages["url"].to_pylist()
    theirs = asked(DOLMA, "dolma_values", texts, folder)
    measured = {
        f"{family}.{name}": values for family in DOLMA_FAMILIES for name, values in ours.values(texts, family).items()
    }
    return [
        compare(name, urls, values, theirs[name.split(".", 1)[1]])
        for name, values in measured.items()
        if name.split(".", 1)[1] in theirs
    ]


@click.command()
def main() -> None:
    """Compare, write the page, and fail where a decision of datatrove's rules is met in less than 99 %."""
    if not REAL_PAGES.is_dir():
        sys.exit(f"needs the real pages in {REAL_PAGES}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages = extracted(REAL_PAGES)
        parts = with_datatrove(pages, folder)
        parts["Values of dolma 1.2.1's Gopher taggers"] = with_dolma(pages, folder)
    parts["Values of data-prep-kit's own test tables"] = list(parity.agreements(PARITY))
    about = (
        f"The text of {len(pages)} real pages, extracted once by lakesift's own extractor, was given to both sides; the "
        "rules are compared one by one on that text, everything else in the other implementation's filter switched off. Values are "
        "equal when they differ by at most a millionth."
    )
    PAGE.write_text(page(parts, about), encoding="utf-8")
    below = [one.name for found in parts.values() for one in found if one.share < TARGET]
    for heading, found in parts.items():
        click.echo(f"{heading}: {len(found)} compared, lowest agreement {min(one.share for one in found):.4f}")
    click.echo(f"written: {PAGE}")
    if below:
        click.echo(f"below {TARGET:.0%}: {', '.join(below)}")


if __name__ == "__main__":
    main()
