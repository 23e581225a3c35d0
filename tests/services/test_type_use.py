"""The use of types on both engines: families, shares, entries, journeys from what is on record, and who may look."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import Wish
from agent_tui.domain.type_use import BadUse
from agent_tui.domain.types import AppointmentType, MinutesFrom
from agent_tui.services import attendance, booking, changes
from agent_tui.services.desk import DeskRefused
from agent_tui.services.type_use import UseAsked, use
from tests.services.conftest import House, done, uid
from tests.small_site import ASSIGNED, DAY, FIVE, FROM, NINE, NOW, ONE

MONTH = (NOW.date() - timedelta(weeks=4), NOW.date() + timedelta(weeks=4))
ASKED = UseAsked(*MONTH)


@pytest.fixture
def reviews(house: House) -> House:
    """The small site with two reviews of one name, 10 and 20 minutes, booked in D01, D02 and D03."""
    for minutes in (10, 20):
        kind = AppointmentType(
            f"WSR-{minutes}", f"Work Search Review {minutes}", "f2f", "review", False, (MinutesFrom(FROM, minutes),)
        )
        house.add_type(kind, "D01", "D02", "D03")
    house.change_rules(
        lambda unit, site: unit.run(
            "UPDATE appointment_type SET weekly_check = 'first-commitment' WHERE site = ? AND code = 'FC-F2F'", site
        )
    )
    open_for = (Segment(NINE, FIVE, ASSIGNED | {"WSR-10", "WSR-20"}),)
    house.add_patterns(
        *(
            Pattern(f"{diary}-{weekday}", "diary", diary, weekday, None, FROM, None, open_for)
            for diary in ("D01", "D02", "D03")
            for weekday in range(5)
        )
    )
    return house


def book(house: House, code: str, diary: str, start: int, client: int, *, number: int, day: date = DAY) -> str:
    wish = Wish(code, day, start, diary, client=f"C{client:06d}")
    return done(booking.book(house.desk(now=NOW), wish, id=uid(number))).entry.id


def test_shares_and_entries(reviews: House) -> None:
    book(reviews, "WSR-10", "D01", NINE, 1, number=1)
    book(reviews, "WSR-20", "D01", NINE + 6, 2, number=2)
    book(reviews, "WSR-20", "D02", NINE, 3, number=3)
    book(reviews, "WSR-10", "D03", ONE, 4, number=4)
    gone = book(reviews, "WSR-10", "D03", ONE + 6, 5, number=5)
    done(changes.cancel(reviews.desk(), gone, "claimant"))
    before = reviews.dump()
    found = use(reviews.desk("leader1"), replace(ASKED, family="work-search-review", entries=True))
    assert reviews.dump() == before
    (family,) = found.families
    assert family.counts == {10: 2, 20: 2}
    assert [(one.diary, one.team, one.count) for one in family.coaches] == [("D01", "A", 2), ("D02", "A", 1), ("D03", "B", 1)]
    ten = family.coaches[0].shares[0]
    assert (ten.share, ten.team, ten.site) == (0.5, 1 / 3, 0.5)
    entries = found.entries["work-search-review"]
    assert [(one.id, one.client) for one in entries] == [
        (uid(1), "C000001"),
        (uid(3), "C000003"),
        (uid(2), "C000002"),
        (uid(4), "C000004"),
    ]
    assert set(found.initials) == {"C000001", "C000002", "C000003", "C000004"}
    assert found.initials["C000001"] == "SK1"
    team = use(reviews.desk("admin1"), replace(ASKED, family="wsr-10", team="B", entries=True))
    assert [one.diary for one in team.families[0].coaches] == ["D03"]
    assert [one.id for one in team.entries["work-search-review"]] == [uid(4)]


def test_other_days_and_families_that_nobody_books(reviews: House) -> None:
    book(reviews, "WSR-10", "D01", NINE, 1, number=1)
    past = replace(ASKED, last=NOW.date())
    assert [one.coaches for one in use(reviews.desk("leader1"), past).families] == [()]


def test_a_claim_of_thirteen_weeks_calls_for_ten_minutes(reviews: House) -> None:
    claim = NOW - timedelta(weeks=14)
    wish = Wish("FC-F2F", (claim + timedelta(days=1)).date(), NINE, "D01", client="C000001")
    done(booking.book(reviews.desk(now=claim), wish, id=uid(1)))
    book(reviews, "WSR-20", "D01", NINE, 1, number=2)
    book(reviews, "WSR-20", "D02", ONE, 2, number=3)
    (family,) = use(reviews.desk("leader1"), replace(ASKED, family="work-search-review")).families
    assert (family.journey.known, family.journey.unknown, family.journey.longer) == (1, 1, 1)
    assert (family.journey.minutes, family.journey.most) == (20, 10)
    later = reviews.desk(now=claim + timedelta(days=1, hours=6))
    done(attendance.attend(later, uid(1), "dna"))
    (family,) = use(reviews.desk("leader1"), replace(ASKED, family="work-search-review")).families
    assert family.journey.known == 0  # a commitment to which nobody came begins no claim


def test_a_coach_sees_the_own_diary_and_an_agent_none(reviews: House) -> None:
    book(reviews, "WSR-10", "D01", NINE, 1, number=1)
    book(reviews, "WSR-10", "D02", NINE, 2, number=2)
    (family,) = use(reviews.desk("coach1"), replace(ASKED, family="work")).families
    assert [one.diary for one in family.coaches] == ["D01"]
    assert family.counts == {10: 2}
    for login, diary in (("coach1", "D02"), ("agent1", None)):
        with pytest.raises(DeskRefused):
            use(reviews.desk(login), replace(ASKED, diary=diary))


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"family": "xyz"}, "xyz is no family"),
        ({"team": "Z"}, "There is no team Z; there are A, B"),
        ({"diary": "D99"}, "There is no diary D99"),
        ({"team": "B", "diary": "D01"}, "D01 is not a diary of team B"),
        ({"team": "E"}, "Team E has no diary"),
    ],
)
def test_what_there_is_not(reviews: House, more: dict[str, str], sentence: str) -> None:
    reviews.change_rules(lambda unit, site: unit.run("INSERT INTO team (site, team, name) VALUES (?, 'E', 'Empty')", site))
    with pytest.raises(BadUse, match=sentence):
        use(reviews.desk("leader1"), replace(ASKED, **more))  # type: ignore[arg-type]


def test_a_catalogue_without_a_family_says_so(on_sqlite: House) -> None:
    with pytest.raises(BadUse, match="no two types of one name"):
        use(on_sqlite.desk("leader1"), ASKED)
