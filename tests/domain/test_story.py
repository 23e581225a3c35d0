"""The story of an entry: a sentence for each line of the log, with names where they are known and codes where not."""

from datetime import datetime

import pytest

from agent_tui.domain.log import Event, State
from agent_tui.domain.story import Words, event_words, sentence, story_of
from agent_tui.domain.wall_time import instant_ms

AT = instant_ms(datetime(2026, 11, 24, 9, 2), "Europe/London")
WORDS = Words(
    "Europe/London",
    types={"FC-F2F": "First commitment - F2F"},
    coaches={"D01": "Coach 1", "D03": "Coach 3"},
    staff={"agent1": "Ann Archer"},
    clients={"C000001": "Sana Khan (C000001)"},
)


def state(**more: object) -> State:
    said: State = {
        **{"claims": [], "kind": "appointment", "status": "booked", "type": "FC-F2F", "client": "C000001", "diary": "D01"},
        **{"day": "2026-11-25", "start": 108, "end": 118, "version": 1, "moving": None, "reason": None},
    }
    return said | more


def event(verb: str, before: State | None = None, after: State | None = None, reason: str | None = None, **more: object) -> Event:
    said: dict[str, object] = {
        **{"site": "LPP", "seq": 7, "at": AT, "stamped": AT, "who": "agent1", "role": "agent", "verb": verb, "entry": "e1"},
        **{"client": "C000001", "touched": (), "before": before, "after": after, "reason": reason, "request": None},
        **{"fingerprint": None, "previous": "", "hash": ""},
    }
    return Event(**{**said, **more})  # type: ignore[arg-type]


BY = "by Ann Archer on Tue 24 Nov 2026 09:02"
PLACE = "Coach 1, Wed 25 Nov 09:00 to 09:50"
WHAT = f"First commitment with {PLACE}, for Sana Khan (C000001)"
THERE = {"diary": "D03", "day": "2027-01-04", "start": 156, "end": 166}


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (event("booked", None, state()), f"Booked {BY}: {WHAT}."),
        (event("held", None, state(client=None)), f"Held {BY}: First commitment with {PLACE}."),
        (
            event("held", None, state(moving="e0", client=None)),
            f"Held {BY}: First commitment with {PLACE}. It is to move another appointment there.",
        ),
        (event("confirmed", state(), state()), f"Confirmed {BY}: {WHAT}."),
        (event("extended", state(), state()), f"Hold extended {BY}: {PLACE}."),
        (event("released", state(), state()), f"Hold let go {BY}: {PLACE}."),
        (event("released", state(), state(), "moved"), f"The hold ended {BY}, since the appointment was moved to its time."),
        (event("lapsed", state(), state()), f"The hold lapsed; it was met {BY}, and a call-back was kept."),
        (event("moved", state(), state(**THERE)), f"Moved {BY}: from {PLACE}, to Coach 3, Mon 4 Jan 2027 13:00 to 13:50."),
        (
            event("moved", state(status="unplaced"), state(**THERE), "rehomed"),
            f"Moved {BY}: from {PLACE}, where it had no time, to Coach 3, Mon 4 Jan 2027 13:00 to 13:50, placed anew since its"
            " coach or room is away.",
        ),
        (event("imported", None, state()), f"Imported {BY}: {WHAT}."),
        (event("imported", None, state(status="unplaced")), f"Imported {BY}: {WHAT}. It is without a time."),
        (event("imported", None, state(status="dna")), f"Imported {BY}: {WHAT}. It is missed."),
        (event("cancelled", state(), state(status="cancelled"), "claimant"), f"Cancelled {BY}: the claimant asked for it."),
        (event("cancelled", state(), state(status="cancelled"), None), f"Cancelled {BY}: no reason given."),
        (event("recorded", state(), state(status="attended")), f"Recorded {BY}: the claimant attended."),
        (
            event("recorded", state(), state(status="attended"), "minutes:40"),
            f"Recorded {BY}: the claimant attended, for 40 minutes.",
        ),
        (event("recorded", state(), state(status="late"), "minutes:12"), f"Recorded {BY}: the claimant came 12 minutes late."),
        (event("recorded", state(), state(status="late")), f"Recorded {BY}: the claimant came late."),
        (
            event("recorded", state(), state(status="dna")),
            f"Recorded {BY}: the claimant did not attend, the rest of the time came free.",
        ),
        (
            event("undone", state(), state(status="undone"), "undoes:6"),
            f"Line 6 was undone {BY}: it is as if it had never been made.",
        ),
        (event("undone", state(), state(), "undoes:6"), f"Line 6 was undone {BY}: it is booked again, {PLACE}."),
        (event("undone", state(), state(status="dna")), f"Undone {BY}: it is missed again, {PLACE}."),
        (event("unplaced", state(), state(status="unplaced")), f"Left without a time {BY}: {PLACE}."),
        (event("placed", state(), state()), f"Given its time again {BY}: {PLACE}."),
        (
            event("blocked", None, state(kind="block", type=None, client=None, reason="leave")),
            f"Blocked {BY}: leave with {PLACE}.",
        ),
        (event("blocked", state(), state(), "given"), f"Block fitted around an appointment {BY}: {WHAT}."),
        (event("unblocked", state(), state()), f"Unblocked {BY}: {PLACE}."),
        (event("something_new", None, state()), f"Something new {BY}: {WHAT}."),
        (event("something_new", None, {"claims": []}), f"Something new {BY}."),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else value.verb,
)
def test_each_line_is_a_sentence(one: Event, text: str) -> None:
    assert sentence(one, WORDS) == text


def test_who_and_what_is_not_known_appears_by_login_code_and_opaque_id() -> None:
    found = sentence(event("booked", None, state()), Words("Europe/London"))
    assert found == "Booked by agent1 on Tue 24 Nov 2026 09:02: FC-F2F with D01, Wed 25 Nov 09:00 to 09:50, for C000001."


def test_a_story_has_the_lines_in_their_order_and_the_latest_claimant() -> None:
    found = story_of("e1", [event("held", None, state(client=None)), event("confirmed", state(client=None), state())], WORDS)
    assert [one.verb for one in found.lines] == ["held", "confirmed"]
    assert (found.type, found.client) == ("FC-F2F", "C000001")
    assert story_of("e1", [], WORDS).lines == ()


def test_a_list_names_type_place_and_opaque_id_and_never_a_name() -> None:
    assert event_words(event("booked", None, state())) == "FC-F2F Wed 25 Nov 09:00 D01 C000001"
    assert event_words(event("call_ended", None, {"call": "c1", "status": "booked", "claims": []}, "booked")) == "c1 booked"
    assert event_words(event("told", None, None)) == ""
    place = {"waiting": "e1", "status": "waiting", "claims": []}
    assert event_words(event("sooner_ended", None, place, "taken")) == "e1 taken"
    assert event_words(event("sooner_added", None, place | {"appointment": state()})) == "FC-F2F Wed 25 Nov 09:00 D01 C000001"


def test_a_list_tells_what_a_file_has_brought() -> None:
    file = {"claims": [], "kind": "appointments", "new": 3, "changed": 1, "same": 0, "rejected": 0, "flags": 2}
    assert event_words(event("file_imported", None, file)) == "appointments: 3 new, 1 changed, 2 flagged"
    assert event_words(event("file_imported", None, file | {"flags": 0})) == "appointments: 3 new, 1 changed"
    flags = [{"kind": "closed_day"}, {"kind": "no_capacity"}]
    assert event_words(event("flags_changed", None, {"claims": [], "flags": flags})) == "2 flags: closed day, no capacity"
