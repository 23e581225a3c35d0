"""The segment checker against the guidance's figures and against every mix there is."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain.segment_check import check_segment

LENGTHS = st.sets(st.integers(2, 12).map(lambda ticks: 5 * ticks), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("minutes", "lengths", "sentence"),
    [
        (180, [50], "180 = 3 x 50 + 30; 150 or 200 would strand none"),
        (180, [20, 50], "180 = 2 x 50 + 4 x 20; none stranded"),
        (30, [50], "30 minutes hold no appointment that is allowed."),
        (180, [], "180 minutes hold no appointment that is allowed."),
        (60, [60], "60 = 60; none stranded"),
        (95, [90], "95 = 90 + 5; 90 or 180 would strand none"),
    ],
)
def test_the_check_in_words(minutes: int, lengths: list[int], sentence: str) -> None:
    assert check_segment(minutes, lengths).sentence == sentence


@given(st.integers(1, 36).map(lambda ticks: 5 * ticks), LENGTHS)
def test_no_mix_fills_more_and_the_named_one_fills_as_much(minutes: int, lengths: set[int]) -> None:
    found = check_segment(minutes, lengths)
    filled = sum(length * count for length, count in found.mix)
    assert filled + found.stranded == minutes
    assert {length for length, _count in found.mix} <= lengths
    most = max(
        total
        for counts in product(*(range(minutes // length + 1) for length in sorted(lengths)))
        if (total := sum(length * count for length, count in zip(sorted(lengths), counts, strict=True))) <= minutes
    )
    assert filled == most


@given(st.integers(1, 36).map(lambda ticks: 5 * ticks), LENGTHS)
def test_the_proposed_lengths_strand_nothing_and_are_the_nearest(minutes: int, lengths: set[int]) -> None:
    found = check_segment(minutes, lengths)
    for proposed in (found.shorter, found.longer):
        if proposed is not None:
            assert check_segment(proposed, lengths).stranded == 0
    if found.longer is not None:
        assert all(check_segment(between, lengths).stranded for between in range(minutes, found.longer, 5))
