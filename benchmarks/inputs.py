"""What both sides get: a sample crawl without its broken records, and the texts of pages, extracted once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lakesift.crawl.ingest import IngestSettings, unit_rows
from lakesift.crawl.sources.listing import ListingSettings, list_sources
from lakesift.crawl.warc.ranges import cut_ranges
from lakesift.documents.measuring.measure import PASSED_ON
from lakesift.sample import SampleSettings, write_sample
from lakesift.sample.planted import TRUTH_FILE
from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.kernels.simplified import MAX_GROWTH, simplification_table, simplify

REAL_PAGES = Path(__file__).resolve().parents[2] / "shared" / "data" / "web"
FILES = 2
"""Archives of a crawl: datatrove gives each of its two workers whole files."""
SEED = 1
RANGE_BYTES = 64 << 20


def sound_crawl(folder: Path, pages: int) -> Path:
    """Write a sample crawl in two WARC files, once; the folder with the files and nothing else.

    Broken records are cut out, for one of them ends datatrove's whole job (warcio raises).
    """
    archives = folder / "archives"
    if archives.is_dir():
        return archives
    written = write_sample(folder, pages, SEED, SampleSettings(pages_per_file=-(-pages // FILES)))
    planted = pq.read_table(folder / TRUTH_FILE, columns=["expected", "source_path", "source_offset", "source_length"])
    broken = [row for row in planted.to_pylist() if row["expected"] == "quarantine"]
    for file in written.files:
        data = bytearray(file.read_bytes())
        ranges = [(row["source_offset"], row["source_length"]) for row in broken if row["source_path"] == file.name]
        for offset, length in sorted(ranges, reverse=True):
            del data[offset : offset + length]
        file.write_bytes(data)
    archives.mkdir()
    for file in written.files:
        file.rename(archives / file.name)
    return archives


def extracted(archives: Path) -> pa.Table:
    """Pages with text of all WARC files of a folder, by the default extractor: the columns of `pages` that measuring needs."""
    settings = IngestSettings()
    files = list_sources([str(archives / "*.warc.gz")], ListingSettings())
    units = (unit for file in files for unit in cut_ranges(file, RANGE_BYTES))
    pages = [row for row in unit_rows(units, settings) if row.kind == "page" and row.text]
    return pa.table({name: [getattr(page, name) for page in pages] for name in (*PASSED_ON, "text")})


def spread(pages: pa.Table, number: int) -> pa.Table:
    """At most `number` pages, from everywhere in the table."""
    places = np.unique(np.linspace(0, len(pages) - 1, min(number, len(pages)), dtype=np.int64))
    return pages.take(pa.array(places)).combine_chunks()


def cut_into_documents(texts: list[str], words: int, most: int) -> list[str]:
    """Documents of exactly so many words each, from the texts one after another."""
    stream = [word for text in texts for word in text.split()]
    starts = range(0, len(stream) - words + 1, words)
    return [" ".join(stream[start : start + words]) for start in starts][:most]


def simplified(texts: list[str]) -> list[str]:
    """The texts as MinHash reads them: lower case, no punctuation, no accents, words joined by one space."""
    buffers, table = buffers_of(pa.array(texts, pa.string())), simplification_table()
    found = []
    for start, end in zip(buffers.offsets[:-1], buffers.offsets[1:], strict=True):
        simple, starts = np.empty(MAX_GROWTH * (end - start) + 1, np.uint8), np.empty(end - start + 3, np.int64)
        words = simplify(buffers.data, start, end, table, simple, starts)
        found.append(simple[: max(starts[words] - 1, 0)].tobytes().decode())
    return found
