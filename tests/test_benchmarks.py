"""The benchmark measures what it says; its figures are not tested."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
from benchmarks.dedup import Run, cost
from benchmarks.dedup_corpus import OWN_WORDS, WORDS, Corpus, write_corpus
from benchmarks.document import Section, document
from benchmarks.inputs import cut_into_documents, sound_crawl
from benchmarks.machine import Job, run_job, tree
from benchmarks.timing import Timed, compared

from lakesift.crawl.ingest import IngestSettings, unit_rows
from lakesift.crawl.sources.listing import ListingSettings, list_sources
from lakesift.crawl.warc.ranges import cut_ranges

HELD = 200 << 20
# A child that holds memory, below a parent that holds none; both say when they are ready, by one line.
HOLDER = f"held = b'x' * {HELD}; print('ready', flush=True); input()"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLDER!r}])"

# Holds memory until it has had two seconds of a processor, however long that takes.
WORKER = f"""
import time
held = b'x' * {HELD}
while time.process_time() < 2:
    pass
print('done')
"""


def test_the_crawl_for_both_sides_has_all_its_pages_and_no_broken_record(tmp_path: Path) -> None:
    archives = sound_crawl(tmp_path / "crawl", 60)
    files = list_sources([str(archives)], ListingSettings())
    units = (unit for file in files for unit in cut_ranges(file, 1 << 26))
    kinds = [row.kind for row in unit_rows(units, IngestSettings())]
    assert len(files) == 2
    assert kinds.count("page") == 60
    assert "quarantine" not in kinds


def test_sides_are_measured_in_turn_and_the_ratio_is_the_median_of_pairs() -> None:
    order: list[str] = []

    def side(name: str, seconds: list[float]) -> Callable[[], Timed]:
        def measured() -> Timed:
            order.append(name)
            return Timed(seconds.pop(0), name)

        return measured

    found = compared(side("ours", [1.0, 2.0, 4.0]), side("theirs", [10.0, 10.0, 10.0]), 3)
    assert order == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]
    assert found.ratios == (2.5, 5.0, 10.0)
    assert found.ratio == 5.0


def test_memory_is_that_of_the_whole_tree_of_processes() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        resident = sorted(one.resident for one in tree(parent.pid).values())
        assert len(resident) == 2
        assert resident[0] < HELD < resident[1]
        parent.communicate(b"\n")


def test_a_job_gives_its_output_and_what_it_took_of_memory_and_processor(tmp_path: Path) -> None:
    job = run_job([sys.executable, "-c", WORKER], tmp_path)
    assert job.output == "done\n"
    assert job.peak_bytes > HELD
    assert job.processor_seconds > 1


def test_documents_have_the_asked_number_of_words_and_each_word_is_used_once() -> None:
    assert cut_into_documents(["a b c", "d e f g"], 3, 9) == ["a b c", "d e f"]


def test_the_document_says_what_was_not_measured() -> None:
    section = Section("Whole job", "How.", ("pages", "ratio"), (("10", "2x"),))
    page = document([("memory", "1 GiB")], [section], ["Not measured in this run: growth."])
    assert "Not measured in this run: growth." in page
    assert "| 10 | 2x |" in page


def test_what_a_run_does_not_measure_stays_on_the_page_and_says_so_once() -> None:
    facts = [("date", "2026-01-02"), ("lakesift's side", "lakesift 1 (abc), numba 2"), ("command", "`first`")]
    both = [Section(title, "How.", ("a",), (("1",),)) for title in ("Growth", "MinHash")]
    first = document(facts, both, [])
    second = document([("date", "2026-03-04")], [Section("MinHash", "How.", ("a",), (("2",),))], [], first)
    third = document([("date", "2026-05-06")], [], [], second)
    mark = "## Growth\n\n*Of an earlier run: 2026-01-02, lakesift 1 (abc), `first`.*\n\nHow.\n\n| a |"
    assert mark in second
    assert second.count("## MinHash") == second.count("| 2 |") == 1
    assert mark in third
    assert third.count("earlier run") == 2


def test_a_corpus_is_the_beginning_of_every_larger_one_and_has_its_versions_and_templates(tmp_path: Path) -> None:
    small, large = (write_corpus(tmp_path / str(number), number) for number in (40, 80))
    texts = pq.read_table(large, columns=["text"])["text"].to_pylist()
    assert pq.read_table(small, columns=["text"])["text"].to_pylist() == texts[:40]
    assert all(len(text.split()) == WORDS for text in texts)
    half_a_template = Corpus(template=0.5)
    half = [half_a_template.text(number).split() for number in range(100)]
    base = Corpus(template=1.0).text(0).split()
    alike = sum(sum(map(str.__eq__, words, base)) >= WORDS - 2 * OWN_WORDS for words in half)
    assert 30 < alike < 70


def test_what_a_job_costs_is_worked_out_from_the_documents_that_the_larger_one_has_more() -> None:
    def run(documents: int, seconds: float) -> Run:
        return Run(
            Job(seconds, seconds, 1 << 30, ""),
            {"documents": documents, "dropped": 1, "seconds": {"signatures": seconds}},
        )

    section = cost(run(1_000, 110.0), run(2_000, 120.0), run(100, 100.0), run(1_000, 50.0), 0.002)
    # 10 ms for each of 500 million documents are 1,389 hours of a core.
    assert section.rows[0][:3] == ("lakesift", "10 ms", "1,389")
    assert [row[1] for row in section.rows] == ["10 ms", "1,000 ms", "50 ms"]
