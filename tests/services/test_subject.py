"""All that the store holds about one claimant, in a file of its owner's, and nothing about another."""

import json
from pathlib import Path

import pytest

from agent_tui.domain.requests import Refused
from agent_tui.services import booking
from agent_tui.services.claimants import get_client
from agent_tui.services.record import LookQuery, read_looks
from agent_tui.services.subject import Written, export_subject
from agent_tui.store.queries.subject import REPEATS, _leading
from agent_tui.store.tables import tables_by_name
from tests.services.conftest import House, done, handed_off, wish
from tests.small_site import TEN


def written(house: House, file: Path) -> Written:
    found = export_subject(house.desk("super1"), "C000001", file)
    assert isinstance(found, Written), found
    return found


def with_a_past(house: House) -> None:
    done(booking.book(house.desk(), wish(note="needs <b>quiet</b>")))
    done(booking.book(house.desk(), wish(start=TEN, diary="D02", client="C000002", note="of another")))
    handed_off(booking.hold(house.desk(), wish("CC-PHONE")))
    get_client(house.desk("agent2"), "C000001", "details")


@pytest.mark.parametrize("form", ["json", "txt", "html"])
def test_everything_of_one_claimant_is_in_it_and_nothing_of_another(house: House, tmp_path: Path, form: str) -> None:
    with_a_past(house)
    file = tmp_path / f"subject.{form}"
    found = written(house, file)
    text = file.read_text(encoding="utf-8")
    assert file.stat().st_mode & 0o777 == 0o600
    assert found.counts == {"client": 1, "entry": 1, "event": 3, "access": 2, "note": 1, "handoff": 1, "message": 1}
    for word in ("Sana Khan 1", "0113 496 0001", "FC-F2F", "agent2", "subject"):
        assert word in text, word
    for word in ("Sana Khan 2", "C000002", "of another"):
        assert word not in text, word
    assert ("needs &lt;b&gt;quiet&lt;/b&gt;" if form == "html" else "needs <b>quiet</b>") in text
    if form == "json":
        assert set(json.loads(text)["tables"]) == set(found.counts)


def test_the_writing_of_it_is_a_look_and_a_line_of_the_log(house: House, tmp_path: Path) -> None:
    written(house, tmp_path / "a.json")
    looks = read_looks(house.desk("super1"), LookQuery(client="C000001"))
    assert not isinstance(looks, Refused)
    assert [(one.who, one.why) for one in looks.items] == [("super1", "subject")]
    assert house.rows("SELECT client, who FROM event WHERE site = ? AND verb = 'subject_exported'") == [("C000001", "super1")]


def test_an_unknown_claimant_another_ending_and_a_file_that_is_there_are_refused(house: House, tmp_path: Path) -> None:
    desk = house.desk("super1")
    there = tmp_path / "there.txt"
    there.write_text("mine")
    for ref, name, code in (
        ("C999999", "a.json", "unknown_client"),
        ("C000001", "a.pdf", "not_possible"),
        ("C000001", "there.txt", "exists"),
    ):
        found = export_subject(desk, ref, tmp_path / name)
        assert isinstance(found, Refused), found
        assert found.code == code
    assert (there.read_text(), sorted(tmp_path.glob("a*"))) == ("mine", [])


def test_a_table_about_an_entry_a_call_or_a_claimant_is_never_left_out() -> None:
    ids = {"client": ["C"], "entry": ["e"], "handoff": ["h"], "call": ["k"]}
    named = {name for name in tables_by_name() if name not in REPEATS and dict(_leading(name, ids))}
    # Found by a column of another name.
    named |= {"escalation", "external_reference", "refusal"}
    of_the_site = {
        *("site", "site_head", "pattern_head", "counter", "team", "resource", "staff", "appointment_type", "type_minutes"),
        *("diary_type", "pattern", "segment", "closure", "retirement", "type_key", "drop_in", "ticket", "site_setting"),
        *("learnt_demand", "value_table", "guarantee", "weekly_check", "recovery_dismissal", "pattern_draft", "contact"),
        *("presence", "report_schedule", "report_run", "question", "question_answer", "question_watch", "incident"),
        *("support_ticket", "improvement", "procedure_review", "message_claim"),
    }
    assert set(tables_by_name()) - named - REPEATS <= of_the_site, "say whether this table holds anything about a claimant"
