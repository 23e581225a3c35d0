"""The use of types: families by name and minutes, shares, the exact test on known figures, and what journeys call for."""

from dataclasses import replace
from datetime import date, timedelta
from math import comb, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain.journeys import NOBODY, Claimants, journey_words, journeyed
from agent_tui.domain.site import Catalogue
from agent_tui.domain.type_use import BadUse, FamilyUse, UsedType, chance_of, families, family_of, stem_of, use_of
from agent_tui.domain.types import AppointmentType, MinutesFrom
from tests.domain.worlds import LONG_AGO, MONDAY, diary, kind, site


def named(code: str, name: str, minutes: int | tuple[MinutesFrom, ...], group: str = "review", **more: str) -> AppointmentType:
    return replace(kind(code, minutes, group=group, **more), name=name)


REVIEWS = (
    named("WSR-10", "Work Search Review 10", 10),
    named("WSR-20", "Work Search Review 20", 20),
    named("WSR-20P", "Work Search Review 20 - Phone", 20, channel="phone"),
)
CODES = frozenset(one.code for one in REVIEWS)
PLACE = site(types=REVIEWS, diaries=tuple(diary(f"D0{number}", "AB"[number > 2], CODES) for number in range(1, 5)))
FAMILY = families(REVIEWS, MONDAY)[0]
DAYS = (MONDAY, MONDAY + timedelta(days=27))


def entries(diary: str, *counts: tuple[str, int], client: str | None = None) -> list[UsedType]:
    """Return appointments of a diary, so many of each type."""
    out = []
    for code, count in counts:
        ticks = 2 if code == "WSR-10" else 4
        for number in range(count):
            day = MONDAY + timedelta(days=number % 5)
            out.append(UsedType(f"{diary}-{code}-{number}", code, diary, client, day, 108, 108 + ticks, "booked"))
    return out


def used(*many: list[UsedType], wanted: frozenset[str] | None = None, place: Catalogue = PLACE) -> FamilyUse:
    return use_of(place, FAMILY, DAYS, [one for each in many for one in each], NOBODY, wanted)


# Families.


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Work Search Review 10", "Work Search Review"),
        ("Work Search Review 20 - Video", "Work Search Review"),
        ("First commitment - F2F (30 minute model)", "First commitment"),
        ("In-work (employed earnings) review - every 8 weeks", "In-work review"),
        ("PSN/Evidence", "PSN/Evidence"),
    ],
)
def test_the_stem_of_a_name(name: str, stem: str) -> None:
    assert stem_of(name) == stem


def test_a_family_has_one_stem_one_group_and_several_lengths() -> None:
    others = (
        named("AAA", "Advance request - F2F", 20),
        named("AAP", "Advance request - Phone", 20),
        named("GRP", "Work Search Review 40", 40, "specialist"),
        replace(named("BLK", "Work Search Review 60", 60), booked_by="block"),
    )
    found = families((*REVIEWS, *others), MONDAY)
    assert [(one.id, one.group) for one in found] == [("work-search-review", "review")]
    assert dict(found[0].lengths) == {"WSR-10": 10, "WSR-20": 20, "WSR-20P": 20}


def test_a_family_ends_when_its_minutes_become_the_same() -> None:
    steps = (MinutesFrom(LONG_AGO, 20), MinutesFrom(MONDAY, 10))
    types = (REVIEWS[0], named("WSR-20", "Work Search Review 20", steps))
    assert len(families(types, MONDAY - timedelta(days=1))) == 1
    assert families(types, MONDAY) == []


@pytest.mark.parametrize("text", ["work-search-review", "Work Search Review", "work", "wsr-20p"])
def test_a_family_by_its_id_name_beginning_or_type(text: str) -> None:
    assert family_of([FAMILY], text) == FAMILY


def test_a_family_that_there_is_not() -> None:
    with pytest.raises(BadUse, match=r"^xyz is no family of types with several lengths; there are work-search-review\.$"):
        family_of([FAMILY], "xyz")
    with pytest.raises(BadUse, match="no two types of one name"):
        family_of([], "work")


# The exact test.


@pytest.mark.parametrize(
    ("table", "chance"),
    [
        ((3, 4, 4, 8), 34 / 70),  # Fisher's tea: 3 of 4 cups right
        ((4, 4, 4, 8), 2 / 70),
        ((1, 10, 12, 24), 0.0027594561852200836),  # the dieting example of the encyclopaedias
        ((2, 4, 4, 8), 1.0),
    ],
)
def test_the_chance_of_known_tables(table: tuple[int, int, int, int], chance: float) -> None:
    assert isclose(chance_of(*table), chance, rel_tol=1e-12)


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_the_chance_is_the_sum_of_all_draws_that_are_no_more_probable(a: int, b: int, c: int, d: int) -> None:
    hits, drawn, all_hits, everything = a, a + b, a + c, a + b + c + d
    ways = {
        number: comb(all_hits, number) * comb(everything - all_hits, drawn - number)
        for number in range(drawn + 1)
        if number <= all_hits and drawn - number <= everything - all_hits
    }
    wanted = sum(one for one in ways.values() if one <= ways[hits]) / sum(ways.values())
    assert isclose(chance_of(hits, drawn, all_hits, everything), wanted, rel_tol=1e-12)


# Shares.


def test_shares_of_coach_team_and_site() -> None:
    found = used(
        entries("D01", ("WSR-10", 6), ("WSR-20", 2), ("WSR-20P", 2)),
        entries("D02", ("WSR-10", 10)),
        entries("D03", ("WSR-20", 5)),
    )
    one = next(coach for coach in found.coaches if coach.diary == "D01")
    ten, twenty = one.shares
    assert (one.count, one.minutes, one.team) == (10, 60 + 80, "A")
    assert (ten.minutes, ten.count, ten.share, ten.team, ten.site) == (10, 6, 0.6, 16 / 20, 16 / 25)
    assert dict(twenty.types) == {"WSR-20": 2, "WSR-20P": 2}
    assert (ten.elsewhere, ten.chance, ten.outlier) == (None, None, False)  # ten are too few
    assert found.counts == {10: 16, 20: 9}
    assert found.tests == 0


def test_an_outlier_is_far_from_the_rest_and_hardly_chance() -> None:
    rest = [entries(f"D0{number}", ("WSR-10", 30), ("WSR-20", 10)) for number in (2, 3, 4)]
    found = used(entries("D01", ("WSR-10", 10), ("WSR-20", 30)), *rest)
    first = found.coaches[0]
    assert (first.diary, first.outlier) == ("D01", True)
    assert first.shares[0].elsewhere == 0.75
    assert first.shares[0].chance == chance_of(10, 40, 100, 160)
    assert found.tests == 4  # four coaches, and of two lengths one says what the other does
    assert [one.outlier for one in found.coaches[1:]] == [False] * 3


def test_the_number_of_tests_counts() -> None:
    """A coach who is an outlier among few coaches is none where so many are tested that some must look like one."""

    def with_coaches(count: int) -> bool:
        place = site(types=REVIEWS, diaries=tuple(diary(f"D{number:02d}", "A", CODES) for number in range(1, count + 2)))
        rest = [entries(f"D{number:02d}", ("WSR-10", 30), ("WSR-20", 10)) for number in range(2, count + 2)]
        return next(
            one for one in used(entries("D01", ("WSR-10", 21), ("WSR-20", 19)), *rest, place=place).coaches if one.diary == "D01"
        ).outlier

    assert with_coaches(4)
    assert not with_coaches(60)


def test_a_small_difference_is_none_however_sure_it_is() -> None:
    rest = [entries(f"D0{number}", ("WSR-10", 3000), ("WSR-20", 1000)) for number in (2, 3, 4)]
    found = used(entries("D01", ("WSR-10", 2680), ("WSR-20", 1320)), *rest)
    share = next(one for one in found.coaches if one.diary == "D01").shares[0]
    assert share.chance is not None
    assert share.chance < 1e-6
    assert not share.outlier


def test_whoever_is_shown_is_compared_with_the_whole_site() -> None:
    many = entries("D01", ("WSR-10", 10), ("WSR-20", 30)), entries("D03", ("WSR-10", 30), ("WSR-20", 10))
    found = used(*many, wanted=frozenset({"D01"}))
    assert [one.diary for one in found.coaches] == ["D01"]
    assert found.counts == {10: 40, 20: 40}
    assert found.coaches[0] == next(one for one in used(*many).coaches if one.diary == "D01")


def test_nobody_is_booked() -> None:
    assert used().coaches == ()


# What the journey calls for.


def met(day: date, code: str = "WSR-20", client: str | None = "C000001") -> UsedType:
    return UsedType(f"{day}-{code}", code, "D01", client, day, 108, 110 if code == "WSR-10" else 112, "booked")


def test_from_week_13_a_review_takes_ten_minutes_every_two_weeks() -> None:
    claim = MONDAY - timedelta(weeks=13)
    days = [MONDAY - timedelta(days=1), MONDAY, MONDAY + timedelta(days=7), MONDAY + timedelta(days=21)]
    meetings = [met(days[0]), met(days[1]), met(days[2], "WSR-10"), met(days[3], "WSR-10"), met(days[3], client="C000002")]
    found = journeyed("Work Search Review", meetings, Claimants({"C000001": claim}, {"C000001": days}))
    assert (found.known, found.unknown) == (3, 2)  # a day before week 13, and a claimant whose claim is not known
    assert (found.minutes, found.least, found.most) == (40, 30, 30)
    assert (found.longer, found.shorter, found.sooner) == (1, 0, 2)
    assert "1 too long, 0 too short, 2 too soon" in journey_words(found)


def test_of_most_types_nothing_is_known_and_that_is_said() -> None:
    found = journeyed("Disability Employment Adviser", [met(MONDAY)], NOBODY)
    assert (found.known, found.unknown) == (0, 1)
    assert journey_words(found) == "What the journey calls for: nothing is known for these types."
    assert "the week is known of none (1 appointment)" in journey_words(journeyed("Work Search Review", [met(MONDAY)], NOBODY))
