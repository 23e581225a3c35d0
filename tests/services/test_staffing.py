"""Staff: roles are given by whom they are theirs to give, a login that is off acts no more, and an administrator stays."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

import pytest

from agent_tui.domain.clients import Client
from agent_tui.domain.requests import Booked, Refused
from agent_tui.domain.site import Staff
from agent_tui.services import booking, calls, claimants, staffing
from agent_tui.services.desk import Desk, DeskRefused
from agent_tui.services.staffing import StaffChanged
from agent_tui.store.queries import importing as import_queries
from agent_tui.store.unit_of_work import Unit
from tests.services.conftest import House, wish
from tests.small_site import NOW, STAFF, desk, make_site

ONE_ID = "11111111-1111-4111-8111-111111111111"


def done(answer: object) -> StaffChanged:
    assert isinstance(answer, StaffChanged), answer
    return answer


def refused(answer: object, code: str) -> str:
    assert isinstance(answer, Refused), answer
    assert answer.code == code
    return answer.reason


def stored(house: House) -> dict[str, tuple[object, ...]]:
    rows = house.rows("SELECT login, role, diary, off_at FROM staff WHERE site = ?")
    return {str(row[0]): tuple(row[1:]) for row in rows}


def verbs(house: House) -> list[tuple[object, ...]]:
    return house.rows("SELECT verb, who FROM event WHERE site = ? ORDER BY seq")


def test_an_administrator_adds_changes_and_switches_off_and_each_is_in_the_log(house: House) -> None:
    admin = house.desk("admin1")
    assert done(staffing.add_staff(admin, "new.agent", "Neo Nash", "agent")).status == "added"
    assert done(staffing.set_role(admin, "new.agent", "leader")).status == "changed"
    assert done(staffing.set_role(admin, "new.agent", "leader")).status == "unchanged"
    assert done(staffing.switch_login(admin, "new.agent", enabled=False)).status == "off"
    assert stored(house)["new.agent"][:2] == ("leader", None)
    assert stored(house)["new.agent"][2] is not None
    assert done(staffing.switch_login(admin, "new.agent", enabled=True)).status == "on"
    assert stored(house)["new.agent"] == ("leader", None, None)
    assert verbs(house) == [(one, "admin1") for one in ("staff_added", "role_changed", "login_off", "login_on")]
    said = str(house.rows("SELECT before_state, after_state, reason FROM event WHERE site = ?"))
    assert "Nash" not in said


def test_a_retry_answers_the_same_and_another_request_under_its_id_is_refused(house: House) -> None:
    admin = house.desk("admin1")
    first = done(staffing.add_staff(admin, "new.agent", "Neo Nash", "agent", id=ONE_ID))
    again = done(staffing.add_staff(admin, "new.agent", "Neo Nash", "agent", id=ONE_ID))
    assert (again.status, again.staff, again.repeated) == (first.status, first.staff, True)
    refused(staffing.set_role(admin, "new.agent", "leader", id=ONE_ID), "id_reused")
    assert len(verbs(house)) == 1


def test_a_supervisor_gives_the_roles_of_an_import_and_no_others(house: House) -> None:
    supervisor = house.desk("super1")
    done(staffing.add_staff(supervisor, "new.agent", "Neo Nash", "agent"))
    done(staffing.set_role(supervisor, "new.agent", "leader"))
    for role in ("supervisor", "admin"):
        assert f"The role {role} is not yours to give, but an administrator's" in refused(
            staffing.set_role(supervisor, "new.agent", role), "role"
        )
        assert "not yours" in refused(staffing.add_staff(supervisor, f"x{role}", "X", role), "role")
    said = refused(staffing.set_role(supervisor, "admin1", "agent"), "role")
    assert said == "This login is that of an administrator, which is not yours to change; an administrator changes it."
    assert "not yours" in refused(staffing.switch_login(supervisor, "admin1", enabled=False), "role")
    assert stored(house)["admin1"] == ("admin", None, None)


@pytest.mark.parametrize("login", ["agent1", "coach1", "leader1"])
def test_nobody_else_sees_or_changes_staff_and_is_told_who_can(house: House, login: str) -> None:
    person = house.desk(login)
    for answer in (
        staffing.staff(person),
        staffing.add_staff(person, "x", "X", "agent"),
        staffing.set_role(person, login, "admin"),
        staffing.switch_login(person, "admin1", enabled=False),
    ):
        assert "a supervisor" in refused(answer, "role")
        assert "an administrator" in refused(answer, "role")
    assert verbs(house) == []


def test_the_last_administrator_stays_and_one_of_two_may_go(house: House) -> None:
    admin = house.desk("admin1")
    for answer in (staffing.set_role(admin, "admin1", "agent"), staffing.switch_login(admin, "admin1", enabled=False)):
        assert isinstance(answer, Refused)
        assert answer.reason == "admin1 is the site's last administrator, which it keeps."
    done(staffing.set_role(admin, "super1", "admin"))
    done(staffing.switch_login(admin, "super1", enabled=False))
    assert "last administrator" in str(staffing.set_role(admin, "admin1", "agent")), "one who is off is no administrator"
    done(staffing.switch_login(admin, "super1", enabled=True))
    assert done(staffing.set_role(admin, "admin1", "agent")).staff.role == "agent"


def test_two_administrators_who_go_at_once_leave_one(house: House) -> None:
    done(staffing.set_role(house.desk("admin1"), "super1", "admin"))
    other = Desk(house.store, house.site, Staff("super1", "Sue Stone", "admin", "site staff"), NOW)
    start = Barrier(2)

    def go(person: Desk) -> object:
        start.wait()
        return staffing.set_role(person, person.staff.login, "agent")

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(go, (house.desk("admin1"), other)))
    assert sorted(type(one).__name__ for one in answers) == ["Refused", "StaffChanged"]
    assert [row[0] for row in stored(house).values()].count("admin") == 1


def test_on_postgresql_the_second_of_two_administrators_reads_the_staff_when_the_first_has_gone(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_site(postgres_url)
    first = desk(postgres_url, "admin1")
    done(staffing.set_role(first, "super1", "admin"))
    second = desk(postgres_url, "super1")
    both, read = Barrier(2), import_queries.all_staff
    met: list[bool] = []

    def reads(unit: Unit, site: str) -> dict[str, Staff]:
        found = read(unit, site)
        try:  # without the lock of the rules both have read that there are two, and wait for each other here
            both.wait(timeout=1)
            met.append(True)
        except BrokenBarrierError:
            met.append(False)
        return found

    monkeypatch.setattr(import_queries, "all_staff", reads)
    try:
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda one: staffing.set_role(one, one.staff.login, "agent"), (first, second)))
    finally:
        first.store.close()
        second.store.close()
    assert met == [False, False]
    assert sorted(type(one).__name__ for one in answers) == ["Refused", "StaffChanged"]


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("agnet", "did you mean agent?"),
        ("Supervizor", "did you mean supervisor?"),
        ("team leadr", "did you mean leader?"),
        ("", "There is no role (empty)."),
        ("[b]x", "There is no role [b]x."),
    ],
)
def test_an_unknown_role_is_named_with_the_nearest(house: House, role: str, words: str) -> None:
    admin = house.desk("admin1")
    for answer in (staffing.set_role(admin, "agent1", role), staffing.add_staff(admin, "x", "X", role)):
        reason = refused(answer, "not_possible")
        assert words in reason
        assert "Known are: agent, coach, leader, supervisor, admin." in reason


def test_bad_logins_names_and_diaries_are_refused(house: House) -> None:
    admin = house.desk("admin1")
    refused(staffing.add_staff(admin, "a b", "X", "agent"), "not_possible")

    assert "needs the person's name" in refused(staffing.add_staff(admin, "x", "  ", "agent"), "not_possible")
    assert "there already" in refused(staffing.add_staff(admin, "agent1", "X", "agent"), "not_possible")
    assert "did you mean agent1?" in refused(staffing.set_role(admin, "agent11", "leader"), "unknown_login")
    assert "did you mean D01?" in refused(staffing.add_staff(admin, "x", "X", "coach", "D011"), "not_possible")
    assert "that of the login coach1" in refused(staffing.add_staff(admin, "x", "X", "coach", "d01"), "not_possible")
    assert "A coach needs a diary of their own: name it as diary (--diary" in refused(
        staffing.set_role(admin, "agent1", "coach"), "not_possible"
    )
    assert "Only a coach has a diary of their own" in refused(staffing.set_role(admin, "agent1", "leader", "D01"), "not_possible")


def test_a_coach_who_becomes_a_leader_leaves_the_diary_to_another(house: House) -> None:
    admin = house.desk("admin1")
    assert done(staffing.set_role(admin, "coach1", "leader")).staff.diary is None
    assert done(staffing.set_role(admin, "agent1", "coach", "D01")).staff.diary == "D01"


def test_a_login_that_is_off_acts_no_more_and_a_changed_role_is_said(house: House) -> None:
    agent, leader = house.desk("agent1"), house.desk("leader1")
    assert isinstance(booking.book(agent, wish()), Booked)
    done(staffing.switch_login(house.desk("admin1"), "agent1", enabled=False))
    with pytest.raises(DeskRefused, match="agent1 is switched off; a supervisor or an administrator"):
        booking.book(agent, wish(start=120))
    with pytest.raises(DeskRefused, match="agent1 is switched off"):
        calls.open_call(agent, calls.new_call_id(), "FC-F2F", {})
    with pytest.raises(DeskRefused, match="agent1 is switched off"):
        claimants.add_client(agent, Client("", "Noor Ito", phone="0113 496 0999"))
    done(staffing.set_role(house.desk("admin1"), "leader1", "agent"))
    with pytest.raises(DeskRefused, match="Your role is agent now, no longer team leader"):
        booking.book(leader, wish(start=120))
    done(staffing.switch_login(house.desk("admin1"), "agent1", enabled=True))
    assert isinstance(booking.book(agent, wish(start=120)), Booked)


def test_a_login_that_is_off_opens_no_desk(tmp_path: object) -> None:
    location = f"{tmp_path}/site.db"
    make_site(location)
    admin = desk(location, "admin1")
    done(staffing.switch_login(admin, "agent1", enabled=False))
    admin.store.close()
    with pytest.raises(DeskRefused, match="agent1 is switched off"):
        desk(location, "agent1")


def test_the_list_has_everybody(house: House) -> None:
    listed = staffing.staff(house.desk("super1"))
    assert isinstance(listed, list)
    assert {one.login for one in listed} == {one.login for one in STAFF}
