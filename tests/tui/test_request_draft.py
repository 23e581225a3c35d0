"""What was typed, read as far as it can be: each text into its value, each problem to its field, and on to services."""

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain.requests import MORNING, Offer
from agent_tui.domain.site import Catalogue, Diary, Room, Site
from agent_tui.domain.type_files import read_types
from agent_tui.domain.types import CHANNELS, CONTACTS
from agent_tui.tui.request_draft import FIELDS, RequestDraft, read_draft
from tests.conftest import ROOT
from tests.hostile.words import WORDS

TODAY = date(2026, 11, 24)  # a Tuesday
TYPES = {kind.code: kind for kind in read_types((ROOT / "data/types.csv").read_text(encoding="utf-8")).types}
COACHES = {"D01": ("Aisha Khan", "A"), "D02": ("Ben Osei", "B"), "D03": ("Abena Osei", "A")}
SITE = Catalogue(
    version=1,
    site=Site("LPP", "Leeds Park Place", "1 Park Place", "0113 496 0000", "ENG", "PAC desk"),
    types=TYPES,
    diaries={code: Diary(code, name, name, None, team, True, frozenset(TYPES)) for code, (name, team) in COACHES.items()},
    rooms={"R01": Room("R01", "room", "Room 1", frozenset({"room", "hearing loop"}), True)},
    patterns=(),
    closures={date(2026, 11, 25): "training"},
    teams={"A": "North team", "B": "South team"},
)
OFFER = Offer("D02", "Ben Osei", "B", date(2026, 11, 26), 120, 130, "f2f", ("D02", "R01"), True)


def read(texts: dict[str, str], picked: dict[str, str] | None = None, site: Catalogue | None = SITE) -> RequestDraft:
    return read_draft(texts, picked or {}, TODAY, site)


def test_an_empty_form_is_no_problem_and_no_request() -> None:
    draft = read({})
    assert draft.problems == {}
    assert (draft.contact, draft.priority, draft.type) == ("phone", "standard", None)
    assert draft.to_request(TODAY, TODAY) is None


def test_every_field_is_read() -> None:
    draft = read(
        {
            "type": "fc-f2f",
            "from": "26 nov",
            "to": "3 dec",
            "time": "am, near 10",
            "client": " Khan ",
            "contact": "walk",
            "priority": "urgent",
            "reason": "benefit stops",
            "coach": "aisha",
            "team": "north",
            "channel": "f2f",
            "needs": "hearing",
            "access": "ramp",
            "language": "Polish",
            "note": "two\nlines",
        },
        {"client": "C000001"},
    )
    assert draft.problems == {}
    assert (draft.type, draft.first_day, draft.last_day) == ("FC-F2F", date(2026, 11, 26), date(2026, 12, 3))
    assert (draft.window, draft.near) == (MORNING, 120)
    assert (draft.client, draft.client_words) == ("C000001", "Khan")
    assert (draft.contact, draft.priority, draft.reason) == ("walk-in", "urgent", "benefit stops")
    assert (draft.diary, draft.team, draft.channel, draft.needs) == ("D01", "A", "f2f", ("hearing loop",))
    assert (draft.access, draft.language, draft.note) == ("ramp", "Polish", "two\nlines")


PROBLEMS = {
    "type": ("zzzz", "No type"),
    "from": ("yesterday", "Not a day"),
    "to": ("20 nov", "past"),
    "time": ("half past", "Not a time"),
    "contact": ("pigeon", "phone"),
    "priority": ("very", "urgent"),
    "coach": ("osei", "2 coaches"),
    "team": ("west", "Teams: A, B"),
    "channel": ("post", "f2f"),
    "needs": ("dragon", "Needs: hearing loop, room"),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_belongs_to_its_field_and_leaves_the_default(name: str) -> None:
    text, words = PROBLEMS[name]
    draft = read({name: text})
    assert list(draft.problems) == [name]
    assert words in draft.problems[name]
    empty = read({})
    for field in fields(RequestDraft):
        if field.name not in ("problems", "texts"):
            assert getattr(draft, field.name) == getattr(empty, field.name), field.name


def test_a_range_that_ends_before_it_begins() -> None:
    draft = read({"from": "3 dec", "to": "26 nov"})
    assert list(draft.problems) == ["to"]
    assert draft.last_day is None


@pytest.mark.parametrize("priority", ["high", "urgent"])
def test_an_unusual_priority_needs_a_reason(priority: str) -> None:
    assert list(read({"priority": priority}).problems) == ["reason"]
    assert read({"priority": priority, "reason": "  x "}).problems == {}
    assert read({"priority": "standard"}).problems == {}


def test_what_was_picked_goes_before_what_stands_there() -> None:
    draft = read({"type": "First commitment - F2F", "coach": "Osei"}, {"type": "FC-F2F", "coach": "D03"})
    assert (draft.type, draft.diary, draft.problems) == ("FC-F2F", "D03", {})


def test_working_days_skip_the_closures_of_the_site() -> None:
    assert read({"from": "+1"}).first_day == date(2026, 11, 26)
    assert read({"from": "+1"}, site=None).first_day == date(2026, 11, 25)


def test_before_the_store_is_open_nothing_is_found_wrong_that_cannot_be_known() -> None:
    draft = read({"type": "zzzz", "coach": "nobody", "team": "west", "needs": "dragon", "time": "half past"}, site=None)
    assert list(draft.problems) == ["time"]
    assert (draft.type, draft.diary, draft.team, draft.needs) == (None, None, None, ())


def test_to_request_takes_today_and_the_default_for_days_left_out() -> None:
    last = date(2026, 12, 21)
    request = read({"type": "fc-f2f"}).to_request(TODAY, last)
    assert request is not None
    assert (request.first_day, request.last_day) == (TODAY, last)
    late = read({"type": "fc-f2f", "from": "15 jan"}).to_request(TODAY, last)
    assert late is not None
    assert (late.first_day, late.last_day) == (date(2027, 1, 15), date(2027, 1, 15))


def test_to_wish_is_the_offer_or_the_request_as_it_stands() -> None:
    draft = read({"type": "fc-f2f", "coach": "aisha", "from": "26 nov", "note": "facts", "priority": "high", "reason": "moved"})
    wish = draft.to_wish(OFFER)
    assert (wish.diary, wish.day, wish.start) == ("D02", date(2026, 11, 26), 120)
    assert (wish.note, wish.priority, wish.priority_reason, wish.access_needs) == ("facts", "high", "moved", None)
    asked = draft.to_wish(None)
    assert (asked.diary, asked.day, asked.start) == ("D01", date(2026, 11, 26), None)


SEARCHED = {
    "type": "fc-f2f",
    "from": "27 nov",
    "time": "pm",
    "coach": "ben",
    "team": "south",
    "channel": "phone",
    "needs": "room",
}


@pytest.mark.parametrize("name", SEARCHED)
def test_what_changes_the_search(name: str) -> None:
    assert not read({name: SEARCHED[name]}).same_search(read({}))
    assert read({name: SEARCHED[name]}).same_search(read({name: SEARCHED[name]}))


@pytest.mark.parametrize("name", ["contact", "priority", "reason", "access", "language", "note"])
def test_what_does_not_change_the_search(name: str) -> None:
    assert read({name: "x"}).same_search(read({}))
    assert not read({}).same_search(None)


@given(texts=st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=60) | st.sampled_from(sorted(WORDS.values()))))
def test_nothing_that_is_typed_raises_and_what_is_read_is_valid(texts: dict[str, str]) -> None:
    for site in (SITE, None):
        draft = read(texts, site=site)
        assert set(draft.problems) <= set(FIELDS)
        assert draft.type is None or draft.type in TYPES
        assert draft.contact in CONTACTS
        assert draft.channel in (None, *CHANNELS)
        assert draft.diary in (None, *COACHES)
        assert set(draft.needs) <= SITE.needs
        assert dict(draft.texts) == texts
        for sentence in draft.problems.values():
            assert len(sentence) <= 60
            assert sentence.isprintable()
        request = draft.to_request(TODAY, TODAY)
        assert request is None or TODAY <= request.first_day <= request.last_day
