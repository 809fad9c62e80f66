from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakesift.sample.plan import apportion, plan_pages
from lakesift.sample.settings import JUNK_KINDS, SampleSettings


@given(st.integers(0, 10_000), st.lists(st.floats(0.01, 1), min_size=1, max_size=9))
def test_apportioned_counts_add_up_and_are_within_one_of_exact(total: int, shares: list[float]) -> None:
    counts = apportion(total, {str(at): share for at, share in enumerate(shares)})
    assert sum(counts.values()) == total
    for at, share in enumerate(shares):
        assert abs(counts[str(at)] - total * share / sum(shares)) < 1 + 1e-6


@pytest.mark.parametrize("pages", [20, 21, 33, 100, 1_000])
def test_the_plan_has_as_many_pages_as_asked_in_the_stated_shares(pages: int) -> None:
    settings = SampleSettings()
    planned = plan_pages(pages, 5, settings)
    assert len(planned) == pages
    counts = Counter(page.kind for page in planned)
    for kind, share in settings.kinds.items():
        assert abs(counts[kind] - pages * share) < 1


def test_copies_share_the_work_of_an_original_and_lie_on_other_sites() -> None:
    planned = plan_pages(1_000, 5, SampleSettings())
    originals = {page.work: page for page in planned if page.kind == "article"}
    copies = [page for page in planned if page.kind in ("syndicated", "mirrored")]
    assert copies
    for copy in copies:
        original = originals[copy.work]
        assert original.cluster == copy.cluster is not None
        assert (original.language, original.subject) == (copy.language, copy.subject)
        assert original.site != copy.site or copy.variant > 1


def test_only_doorways_among_junk_are_planted_duplicates() -> None:
    planned = plan_pages(1_000, 5, SampleSettings())
    assert all((page.cluster is not None) == (page.kind == "doorway") for page in planned if page.kind in JUNK_KINDS)


def test_another_seed_makes_another_plan() -> None:
    assert plan_pages(100, 1, SampleSettings()) != plan_pages(100, 2, SampleSettings())
