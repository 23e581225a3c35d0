"""The one queue: overrides that wait among the flags and in their figures, who may have a flag, what stories tell of flags."""

import re

from agent_tui.domain.flags import DIARY_OFF, OVERRIDE_WAITS
from agent_tui.domain.requests import Refused
from agent_tui.services import booking, diaries, escalating, flags, staffing
from agent_tui.services.override_requests import Waits, decide, prepare
from agent_tui.services.resolving import Resolved, Wanted, resolve
from agent_tui.services.story import story
from tests.services.conftest import House, done, refused, wish
from tests.services.test_overriding import asked, best, crowd


def prepared(house: House) -> str:
    crowd(house)
    found = prepare(house.desk("agent1"), asked(), best(house).token, "safeguarding")
    assert isinstance(found, Waits)
    return found.request.id


def told(house: House, entry: str) -> list[str]:
    found = story(house.desk("super1"), entry)
    assert not isinstance(found, Refused)
    return [re.sub(r" on \w{3} \d+ \w{3} \d{4} \d\d:\d\d", "", one.text) for one in found.lines]


def test_an_override_that_waits_is_a_line_of_the_queue_and_counts(house: House) -> None:
    id = prepared(house)
    queue = flags.queue(house.desk())
    (item,) = queue.items
    assert (item.flag.id, item.flag.kind, item.urgent, item.when) == (id, OVERRIDE_WAITS, True, "2026-11-25 13:00")
    assert item.text == "An override waits for a decision: NJR-F2F Wed 25 Nov 2026 13:00 in D01, urgent, displaces 1."
    assert (queue.open, dict(queue.counts), flags.open_count(house.desk())) == (1, {OVERRIDE_WAITS: 1}, 1)
    for sort in ("urgency", "when", "kind"):
        assert len(flags.queue(house.desk(), sort=sort).items) == 1
    assert len(flags.queue(house.desk(), kind=OVERRIDE_WAITS, assigned=flags.NOBODY).items) == 1
    for other in ({"kind": DIARY_OFF}, {"status": "closed"}, {"assigned": "super1"}):
        assert flags.queue(house.desk(), **other).items == ()  # type: ignore[arg-type]
    shown = flags.show(house.desk(), id)
    assert isinstance(shown, flags.Shown)
    assert "override decide" in str(shown.advice)
    for answer in (
        resolve(house.desk("super1"), id, Wanted("keep", "agreed")),
        flags.assign(house.desk("super1"), id, "leader1"),
        flags.reopen(house.desk("super1"), id),
        escalating.escalate(house.desk("super1"), "flag", id, None, "other"),
    ):
        assert "agent-tui override decide" in refused(answer, "not_possible").reason  # type: ignore[arg-type]
    assert isinstance(decide(house.desk("super1"), id, "decline"), Waits)
    after = flags.queue(house.desk())
    assert (after.items, after.open, flags.open_count(house.desk())) == ((), 0, 0)


def test_a_flag_is_not_given_to_a_login_that_is_off(house: House) -> None:
    done(booking.book(house.desk(), wish()))
    diaries.disable(house.desk("leader1"), "D01")
    (item,) = flags.queue(house.desk()).items
    assert not isinstance(staffing.switch_login(house.desk("admin1"), "agent2", enabled=False), Refused)
    answer = flags.assign(house.desk("super1"), item.flag.id, "agent2")
    assert isinstance(answer, Refused)
    assert answer.reason.startswith("The login agent2 is switched off")
    assert not isinstance(flags.assign(house.desk("super1"), item.flag.id, "agent1"), Refused)


def test_a_story_tells_of_flags_that_were_raised_escalated_and_settled(house: House) -> None:
    made = done(booking.book(house.desk(), wish())).entry.id
    other = done(booking.book(house.desk(), wish(diary="D02", client="C000002"))).entry.id
    diaries.disable(house.desk("leader1"), "D01")
    (item,) = flags.queue(house.desk()).items
    flags.assign(house.desk("leader1"), item.flag.id, "agent1")
    escalating.escalate(house.desk("leader1"), "flag", item.flag.id, None, "needs_authority")
    escalating.escalate(house.desk("agent1"), "appointment", made, "site-manager", "other")
    assert isinstance(resolve(house.desk("super1"), item.flag.id, Wanted("keep", "agreed")), Resolved)
    assert not isinstance(flags.reopen(house.desk("super1"), item.flag.id), Refused)
    assert isinstance(resolve(house.desk("super1"), item.flag.id, Wanted("move", "coach_absent")), Resolved)
    lines = told(house, made)
    assert lines[1:5] == [
        "Flagged by Lea Lowe: the diary of an appointment is switched off.",
        "Its flag (diary off) was given to Ann Archer by Lea Lowe.",
        "Its flag was escalated by Lea Lowe to duty-leader, level 1 (needs authority).",
        "Escalated by Ann Archer to site-manager, level 3 (other).",
    ]
    assert lines[5:7] == [
        "Its flag (diary off) was resolved by Sue Stone: kept as it is (agreed).",
        "Its flag (diary off) was opened again by Sue Stone.",
    ]
    assert lines[7].startswith("Moved by Sue Stone")
    assert lines[8:] == ["Its flag (diary off) was resolved by Sue Stone: moved (coach absent)."]
    assert len(told(house, other)) == 1


def test_a_story_tells_of_a_flag_that_closed_by_itself(house: House) -> None:
    made = done(booking.book(house.desk(), wish())).entry.id
    diaries.disable(house.desk("leader1"), "D01")
    diaries.enable(house.desk("leader1"), "D01")
    assert re.fullmatch(
        r"Its flag \(diary off\) closed by itself: what it was about is over with line \d+\.", told(house, made)[-1]
    )
