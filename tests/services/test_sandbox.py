"""The sandbox on both engines: what is on record replayed, identical columns, a closed type, kept, applied, dropped, stopped."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from agent_tui.domain.demand import Unmet
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import Refused, Wish
from agent_tui.domain.sandbox import Draft, Stopped, Trial
from agent_tui.services import booking, calls, changes, sandbox, segmenting
from agent_tui.services.segmenting import Effect, Rejected
from agent_tui.store.queries import sandbox as sandbox_queries
from agent_tui.store.queries import work as work_queries
from tests.services.conftest import House, done, uid
from tests.small_site import ASSIGNED, FIVE, FROM, NINE, NOON, NOW, ONE, patterns

START = NOW - timedelta(weeks=4)
STARTS = (NINE + 24, NINE + 30, ONE, ONE + 6, ONE + 12, ONE + 18)
CODES = ("NJR-F2F", "FC-F2F", "WSR-PHONE")


def book_weeks(house: House) -> dict[str, int]:
    """Let four weeks of calls be booked for the day after each, some a call of its own; return how many of each type."""
    counts = dict.fromkeys(CODES, 0)
    number = 0
    for offset in range(29):
        asked = START + timedelta(days=offset)
        day = (asked + timedelta(days=1)).date()
        if day.weekday() > 4:
            continue
        for diary in ("D01", "D02"):
            for place in range(3):
                code = CODES[number % 3]
                start = (NINE, NINE + 12, ONE)[place]
                client = f"C{number % 10 + 1:06d}"
                wish = Wish(code, day, start, diary, client=client, allow_clash=True)
                done(booking.book(house.desk(now=asked), wish, id=uid(1000 + number)))
                counts[code] += 1
                number += 1
    return counts


def weekly(*segments: Segment, level: str = "site", owner: str = "") -> Draft:
    made = tuple(Pattern("", level, owner, weekday, None, NOW.date(), None, segments) for weekday in range(5))
    return Draft(made, (None,) * 5)


def _closed() -> Draft:
    """Return a draft in which no diary takes first commitments, D04 with segments of its own neither."""
    site = weekly(Segment(NINE, NOON, ASSIGNED - {"FC-F2F"}), Segment(ONE, FIVE, ASSIGNED - {"FC-F2F"})).patterns
    own = tuple(replace(one, id="", effective_from=NOW.date(), segments=()) for one in patterns()[5:])
    return Draft((*site, *own), (None,) * 10)


CLOSED = _closed()


def tried(answer: object) -> Trial:
    assert isinstance(answer, Trial), answer
    return answer


def code_of(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


def test_records_are_replayed_with_two_equal_columns_for_what_is_so_already(house: House) -> None:
    counts = book_weeks(house)
    own = Draft(tuple(replace(one, id="") for one in patterns()), (None,) * 10)
    leader = house.desk("leader1")
    before = house.dump()
    found = tried(sandbox.run(leader, own))
    assert house.dump() == before
    assert found.today == found.draft
    assert (found.source, found.weeks, found.changes) == ("recorded", 4, 0)
    assert (found.first, found.counts.bookings, found.counts.total) == (START.date(), sum(counts.values()), sum(counts.values()))
    assert {code: one.asked for code, one in found.today.types.items()} == counts
    assert found.today.refused == 0
    assert tried(sandbox.run(leader, own)) == found


def test_a_draft_that_closes_first_commitments_loses_exactly_these(house: House) -> None:
    counts = book_weeks(house)
    found = tried(sandbox.run(house.desk("super1"), CLOSED))
    refused = {code: one.refused for code, one in found.draft.types.items() if one.refused}
    assert refused == {"FC-F2F": counts["FC-F2F"]}
    assert found.draft.booked == found.today.booked - counts["FC-F2F"]
    assert list(found.draft.dry) == ["FC-F2F"]


def test_calls_refusals_cancellations_and_requests_in_writing_count(house: House) -> None:
    book_weeks(house)
    ann, asked = house.desk(), house.desk(now=NOW - timedelta(days=8))
    done(changes.cancel(ann, uid(1110), "claimant"))
    calls.open_call(asked, uid(1), "FC-F2F", {})
    day = date(2026, 11, 18)
    assert calls.end_call(asked, uid(1), "rang_off", unmet=Unmet("FC-F2F", day, day, "am"))

    def write(unit: Any) -> None:
        plain = {"kind": "request", "status": "open", "who": "", "client": None, "entry": None}
        wanted = {"from": "2026-11-19", "until": "2026-11-20", "time": "pm"}
        row = plain | {"id": uid(2), "type": "NJR-F2F", "wanted": wanted, "opened_at": asked.at("Europe/London")}
        work_queries.insert_call(unit, house.site, row)
        row = plain | {"id": uid(3), "type": "NJR-F2F", "wanted": {}, "opened_at": asked.at("Europe/London")}
        work_queries.insert_call(unit, house.site, row | {"status": "booked", "entry": uid(1115)})

    house.write(write)
    found = tried(sandbox.run(house.desk("leader1"), CLOSED))
    assert (found.counts.cancelled, found.counts.refusals, found.counts.written) == (1, 1, 1)
    with house.store.read() as unit:
        rows = {one.id: one for one in sandbox_queries.asked(unit, house.site, START.date(), ann.at("Europe/London"))}
    assert (rows[uid(1)].kind, rows[uid(1)].half, rows[uid(1)].first) == ("refusal", "am", day)
    assert rows[uid(1)].at == asked.at("Europe/London")
    assert (rows[uid(2)].kind, rows[uid(2)].half, rows[uid(2)].last) == ("request", "pm", date(2026, 11, 20))
    assert uid(3) not in rows
    assert rows[uid(1110)].cancelled_at == ann.at("Europe/London")
    assert rows[uid(1115)].at == min(asked.at("Europe/London"), _made_at(house, uid(1115)))


def _made_at(house: House, entry: str) -> int:
    return int(house.rows("SELECT made_at FROM entry WHERE site = ? AND id = ?", entry)[0][0])


def test_too_little_on_record_is_said_and_generated_requests_are_offered(house: House) -> None:
    leader = house.desk("leader1")
    refused = sandbox.run(leader, CLOSED)
    assert code_of(refused) == "too_little_history"
    assert isinstance(refused, Refused)
    assert "generated requests" in refused.reason
    found = tried(sandbox.run(leader, CLOSED, generated=True))
    assert found.source == "generated"
    assert found.today.refused < found.draft.refused
    assert found.draft.types["FC-F2F"].refused > 0
    assert tried(sandbox.run(leader, CLOSED, generated=True)) == found
    assert tried(sandbox.run(leader, CLOSED, generated=True, seed=2)) != found
    book_weeks(house)
    eight = sandbox.run(leader, CLOSED, weeks=8)
    assert isinstance(eight, Refused)
    assert "Ask for 4 weeks" in eight.reason


@pytest.mark.parametrize("weeks", [0, 3, 9, 99])
def test_weeks_out_of_bounds(on_sqlite: House, weeks: int) -> None:
    assert code_of(sandbox.run(on_sqlite.desk("leader1"), CLOSED, weeks=weeks)) == "not_possible"


@pytest.mark.parametrize("login", ["agent1", "coach1", "admin1"])
def test_other_roles_try_nothing(on_sqlite: House, login: str) -> None:
    desk = on_sqlite.desk(login)
    trial = tried(sandbox.run(on_sqlite.desk("leader1"), CLOSED, generated=True))
    before = on_sqlite.dump()
    for answer in (
        sandbox.run(desk, CLOSED, generated=True),
        sandbox.keep(desk, "one", CLOSED, trial),
        sandbox.kept(desk),
        sandbox.kept_as(desk, "one"),
        sandbox.drop(desk, "one"),
        sandbox.apply(desk, "one"),
    ):
        assert code_of(answer) == "role"
    assert on_sqlite.dump() == before


def test_a_draft_that_could_not_be_saved_is_not_tried(on_sqlite: House) -> None:
    past = replace(CLOSED.patterns[0], effective_from=FROM + timedelta(days=1))
    unknown = replace(CLOSED.patterns[1], segments=(Segment(NINE, NOON, frozenset({"XXX"})),))
    found = sandbox.run(on_sqlite.desk("leader1"), Draft((past, unknown), (None, None), (("D99", "FC-F2F"),)), generated=True)
    assert isinstance(found, Rejected)
    assert len(found.problems) == 3


def test_a_draft_is_kept_listed_applied_and_dropped(house: House) -> None:
    book_weeks(house)
    leader = house.desk("leader1")
    trial = tried(sandbox.run(leader, CLOSED))
    made = sandbox.keep(leader, "No commitments", CLOSED, trial, id=uid(1))
    assert isinstance(made, sandbox.Kept)
    assert (made.draft, made.trial, made.made_by, made.repeated) == (CLOSED, trial, "leader1", False)
    before = house.dump()
    again = sandbox.keep(leader, "No commitments", CLOSED, trial, id=uid(1))
    assert isinstance(again, sandbox.Kept)
    assert again == replace(made, repeated=True)
    assert code_of(sandbox.keep(leader, "Another", CLOSED, trial, id=uid(1))) == "id_reused"
    assert code_of(sandbox.keep(leader, "No commitments", CLOSED, trial)) == "taken"
    assert code_of(sandbox.keep(leader, "07700 900123 Khan", CLOSED, trial)) == "malformed"
    assert code_of(sandbox.kept_as(leader, "other")) == "not_found"
    assert house.dump() == before
    assert sandbox.kept(leader) == [made]
    assert sandbox.kept_as(house.desk("super1"), "No commitments") == made

    look = sandbox.preview_apply(leader, "No commitments")
    assert isinstance(look, Effect)
    assert look.lost == ("FC-F2F",)
    assert house.dump() == before
    saved = sandbox.apply(leader, "No commitments", id=uid(2))
    assert isinstance(saved, Effect)
    assert (saved.status, len(saved.patterns)) == ("saved", 10)
    assert segmenting.undo(leader).status == "undone"  # type: ignore[union-attr]

    dropped = sandbox.drop(leader, "No commitments", id=uid(3))
    assert isinstance(dropped, sandbox.Kept)
    assert dropped == replace(made, dropped=True)
    assert sandbox.kept(leader) == []
    assert sandbox.drop(leader, "No commitments", id=uid(3)) == replace(dropped, repeated=True)
    assert code_of(sandbox.drop(leader, "No commitments")) == "not_found"


def test_the_log_tells_what_was_kept(house: House) -> None:
    """Replaying the lines of drafts gives the table."""
    leader = house.desk("leader1")
    trial = tried(sandbox.run(leader, CLOSED, generated=True))
    for name in ("one", "two", "three"):
        sandbox.keep(leader, name, CLOSED, trial)
    sandbox.drop(house.desk("super1"), "two")
    told: dict[str, tuple[Any, ...]] = {}
    for line in house.events():
        if line["verb"] == "draft_kept":
            told[line["after_state"]["draft"]] = (line["after_state"]["body"], line["after_state"]["result"], line["who"])
        elif line["verb"] == "draft_dropped":
            del told[line["after_state"]["draft"]]
    with house.store.read() as unit:
        rows = {one.name: (one.body, one.result, one.made_by) for one in sandbox_queries.drafts(unit, house.site)}
    assert rows == told
    assert set(rows) == {"one", "three"}


def test_a_draft_of_segments_that_somebody_has_changed_since_is_not_applied(house: House) -> None:
    leader = house.desk("leader1")
    trial = tried(sandbox.run(leader, CLOSED, generated=True))
    with house.store.read() as unit:
        stored = leader.catalogue(unit).patterns[0]
    stale = Draft((replace(stored, id="", effective_until=NOW.date()),), ("0123456789abcdef",))
    sandbox.keep(leader, "stale", stale, trial)
    assert code_of(sandbox.apply(leader, "stale")) == "stale_version"


def test_what_is_stopped_leaves_nothing(on_sqlite: House) -> None:
    told: list[int] = []

    def stop(done: int, whole: int) -> None:
        told.append(done)
        if done > whole // 2:
            raise Stopped

    before = on_sqlite.dump()
    with pytest.raises(Stopped):
        sandbox.run(on_sqlite.desk("leader1"), CLOSED, generated=True, progress=stop)
    assert len(told) > 2
    assert on_sqlite.dump() == before
