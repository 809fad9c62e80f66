"""The rest of the invented lake: pairs and their balance, sources, quarantine, runs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

Rows = dict[str, list[dict[str, Any]]]
SCRIPT = "<script>alert('text')</script>"
START = datetime(2026, 10, 1, tzinfo=UTC)


def add_pairs(rows: Rows, draw: random.Random) -> None:
    entries = [
        {
            "entry_id": at,
            "entry": f"entry {at}" if at else f"photo {SCRIPT}",
            "language": "en",
            "count": int(4000 / (at + 1) ** 1.1),
            "t": 100,
        }
        for at in range(600)
    ]
    for row in entries:
        rows["entry_counts"].append({**row, "probability": 100 / max(row["count"], 100)})
    for at, page in enumerate(rows["pages"][:80]):
        pair_id, matched = f"{at:032x}", sorted(draw.sample(range(600), at % 4))
        keep = 1.0
        for each in matched:
            keep *= 1 - rows["entry_counts"][each]["probability"]
        rows["pairs"].append(
            {
                "pair_id": pair_id,
                "doc_id": page["doc_id"],
                "crawl": page["crawl"],
                "url": page["url"],
                "image_url": f"https://img.example/{at}.jpg" if at else "javascript:alert(3)",
                "caption": SCRIPT if at == 0 else f"a boat {at}",
                "caption_source": "alt",
                "language": "en",
            }
        )
        rows["matches"].append({"pair_id": pair_id, "language": "en", "entries": matched})
        rows["draws"].append({"pair_id": pair_id, "probability": 1 - keep, "kept": bool(matched) and at % 3 > 0})
    for pair, drawn in zip(rows["pairs"], rows["draws"], strict=True):
        if drawn["kept"]:
            rows["dataset_pairs_images"].append({**pair, "weight": 1.0, "why": {}})


def add_ledger(rows: Rows, rules: Sequence[str]) -> None:
    pages = len(rows["pages"])
    for at in range(3):
        rows["sources"].append(
            {
                "source_path": f"crawl-data/CC-MAIN-2026-43/part-{at}.warc.gz",
                "crawl": "CC-MAIN-2026-43",
                "kind": "warc",
                "bytes": 1_234_567,
                "status": "done",
                "records": 2 * pages + 2 if at == 0 else 0,
                "pages": pages if at == 0 else 0,
                "links": 7,
                "quarantined": 2 if at == 0 else 0,
                "counted": {"request": pages} if at == 0 else {},
            }
        )
    rows["sources"].append(
        {
            "source_path": "broken<b>.warc.gz",
            "crawl": "CC-MAIN-2026-43",
            "kind": "warc",
            "bytes": 5,
            "status": "failed",
            "records": 0,
            "counted": {},
            "reason": "not gzip: <html>",
        }
    )
    head = b"WARC/1.0\r\nWARC-Target-URI: https://site1.example/broken\r\n"
    rows["quarantine"] += [
        {
            "crawl": "CC-MAIN-2026-43",
            "source_path": "crawl-data/CC-MAIN-2026-43/part-0.warc.gz",
            "source_offset": 77 + at,
            "stage": "ingest",
            "reason": "http_header_too_long",
            "detail": f"{SCRIPT} 70000 bytes",
            "head": head,
        }
        for at in range(2)
    ]
    for at, stage in enumerate(["ingest", "documents", "verdicts", "near_duplicates", "publish"]):
        rows["runs"].append(
            {
                "run_id": "r1",
                "recipe": "fineweb",
                "stage": stage,
                "fingerprint": f"{at}bc" * 20,
                "status": "failed" if at == 4 else "done",
                "inputs": {},
                "output": None if at == 4 else stage,
                "output_version": 3,
                "rows_in": pages,
                "rows_out": pages - 2,
                "rejected": {"too_large": 2},
                "seconds": 3.5 * 40**at,
                "error": f"{SCRIPT} disk full" if at == 4 else None,
                "started_at": START + timedelta(hours=at),
            }
        )
    rows["funnel"] += [
        {"run_id": "r1", "recipe": "fineweb", "stage": "verdicts", "position": at, "rule": name, "language": "en"}
        for at, name in enumerate(rules)
    ]
