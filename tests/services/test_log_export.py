"""The log as a file: it holds by itself and beside the store, and a store whose tail was cut is found by it."""

from pathlib import Path
from typing import Any

import pytest

from agent_tui.domain.log_chain import Found
from agent_tui.domain.looks import LEAST, RANGE_DAYS, Unusual
from agent_tui.domain.requests import Refused
from agent_tui.services import booking
from agent_tui.services.claimants import get_client, record_looks
from agent_tui.services.log_export import Stopped, Written, export_log, stands_in_store, verify_file
from agent_tui.services.record import LogQuery, read_log, verify_chain
from agent_tui.services.unusual import unusual_looks
from agent_tui.store.trouble import StoreTrouble
from tests.services.conftest import House, done, wish
from tests.small_site import NOW, TEN


def exported(house: House, file: Path) -> Written:
    found = export_log(house.desk("super1"), file)
    assert isinstance(found, Written), found
    return found


def verified(file: Path) -> Found:
    found = verify_file(file)
    assert isinstance(found, Found), found
    return found


def two_lines(house: House) -> None:
    done(booking.book(house.desk(), wish()))
    done(booking.book(house.desk(), wish(start=TEN, diary="D02", client="C000002")))


def tamper(house: House, statement: str) -> None:
    """Change the log past its guards."""
    house.swept_at_the_end = False

    def work(unit: Any) -> None:
        for (name,) in unit.rows("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'"):
            unit.run(f"DROP TRIGGER {name}")
        unit.run(statement, house.site)

    house.write(work)


def test_an_export_holds_and_the_store_goes_on_from_it(house: House, tmp_path: Path) -> None:
    two_lines(house)
    file = tmp_path / "log.jsonl"
    made = exported(house, file)
    found = verified(file)
    assert (made.lines, found.total, found.broken, found.hash) == (2, 2, None, made.hash)
    assert file.stat().st_mode & 0o777 == 0o600
    assert stands_in_store(house.desk(), found) is None
    assert read_log(house.desk(), LogQuery()).events[-1].verb == "log_exported"
    assert isinstance(export_log(house.desk("super1"), file), Refused)
    assert isinstance(export_log(house.desk("agent1"), tmp_path / "b"), Refused)


def test_an_export_that_is_stopped_leaves_no_file_and_no_line(house: House, tmp_path: Path) -> None:
    two_lines(house)
    with pytest.raises(Stopped):
        export_log(house.desk("super1"), tmp_path / "log.jsonl", progress=lambda _done, _total: False)
    assert list(tmp_path.glob("*log*")) == []
    assert read_log(house.desk(), LogQuery(verb="log_exported")).events == ()


def test_a_tail_that_was_cut_with_its_head_is_found_by_an_earlier_export(on_sqlite: House, tmp_path: Path) -> None:
    house = on_sqlite
    two_lines(house)
    exported(house, tmp_path / "log.jsonl")
    before = house.rows("SELECT hash FROM event WHERE site = ? AND seq = 1")[0][0]
    tamper(house, "DELETE FROM event WHERE site = ? AND seq > 1")
    house.sql(f"UPDATE site_head SET seq = 1, hash = '{before}' WHERE site = ?")
    assert verify_chain(house.desk()).holds
    text = stands_in_store(house.desk(), verified(tmp_path / "log.jsonl"))
    assert text == "the store's log ends at line 1, and the export has 2: its tail was cut"


def test_a_line_that_was_edited_by_hand_is_named_and_no_longer_read(on_sqlite: House, tmp_path: Path) -> None:
    house = on_sqlite
    two_lines(house)
    tamper(house, "UPDATE event SET after_state = 'x', touched = '' WHERE site = ? AND seq = 2")
    found = verify_chain(house.desk())
    assert (found.broken, found.line, found.holds) == ("line 2 is not what was hashed", 2, False)
    with pytest.raises(StoreTrouble, match="Line 2 of the log cannot be read"):
        read_log(house.desk(), LogQuery())
    exported(house, tmp_path / "log.jsonl")
    broken = verified(tmp_path / "log.jsonl")
    assert (broken.line, broken.seq) == (3, 2)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    for path in (tmp_path / "none", tmp_path, tmp_path / "empty"):
        assert isinstance(verify_file(path), str)


def test_unusual_looks_are_those_of_somebody_who_had_nothing_to_do_with_them(house: House) -> None:
    two_lines(house)
    for login in ("agent2", "leader1", "coach1", "agent1"):
        get_client(house.desk(login), "C000001", "details")
    record_looks(house.desk("agent2"), [f"C{number:06d}" for number in range(100, 100 + LEAST + 1)], "find")
    found = unusual_looks(house.desk("super1"))
    assert isinstance(found, Unusual)
    assert [(one.client, one.people) for one in found.crowds] == [("C000001", ("agent2", "coach1", "leader1"))]
    assert [(one.who, one.claimants, one.usual) for one in found.volumes] == [("agent2", LEAST + 2, 1.0)]
    assert (found.last_day, (found.last_day - found.first_day).days) == (NOW.date(), RANGE_DAYS - 1)
    assert isinstance(unusual_looks(house.desk("agent1")), Refused)
    assert found.lines[-1].endswith(".")
