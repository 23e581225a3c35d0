"""PostgreSQL refuses by itself what a role may not: raw SQL as the agent's own login, and the app as that login."""

from collections.abc import Iterator
from contextlib import closing as closing_it
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors, sql

from agent_tui.domain.clients import Client
from agent_tui.domain.messages import Delivered, Outgoing
from agent_tui.domain.requests import Blocked, Booked, HandedOff, Refused, Wish
from agent_tui.domain.retention import Retained
from agent_tui.domain.sooner import SoonerWish
from agent_tui.services import (
    attendance,
    blocking,
    booking,
    calls,
    changes,
    claimants,
    closing,
    demand,
    diaries,
    flags,
    guarantees,
    handoffs,
    handovers,
    incidents,
    key_types,
    messages,
    presence,
    questions,
    reminding,
    retaining,
    reviewing,
    securing,
    sending,
    sooner,
    staffing,
    support_undo,
)
from agent_tui.services.composing import Composer
from agent_tui.services.desk import DeskRefused
from agent_tui.services.doctor import examine
from agent_tui.services.message_words import load_library
from agent_tui.services.recorded import Recorded
from agent_tui.store.migrations.runner import migrate
from agent_tui.store.opening import create_store, open_store
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.log import NewEvent, Stamp
from agent_tui.store.trouble import StoreTrouble
from tests.postgres_server import Server
from tests.small_site import DAY, NINE, NOW, SITE, TEN, fill_site

pytestmark = pytest.mark.postgres

OTHER = "OTH"
REFUSED = (errors.InsufficientPrivilege, errors.RaiseException)


@dataclass
class Secured:
    """A store with two sites whose staff have logins of the database, named after a word of this test's own."""

    server: Server
    database: str
    word: str

    @property
    def owner(self) -> str:
        return self.server.url(self.database)

    def login(self, person: str) -> str:
        return f"{person}.{self.word}"

    def url(self, person: str) -> str:
        return f"postgresql://{self.login(person)}@127.0.0.1:{self.server.port}/{self.database}"

    def raw(self, person: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run a statement as a person's own login; each in a transaction that commits."""
        with psycopg.connect(self.url(person)) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def as_owner(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.owner) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


PEOPLE = ("agent1", "agent2", "leader1", "super1", "admin1", "coach1")


@pytest.fixture(scope="module")
def secured(postgres_server: Server) -> Iterator[Secured]:
    """The small site, another site with a login and a claimant of its own, and the roles of the database."""
    word = uuid4().hex[:8]
    name = f"secured_{word}"
    owner = postgres_server.create_database(name)
    made = Secured(postgres_server, name, word)
    store = create_store(owner)

    def fill(unit: Any) -> None:
        fill_site(unit)
        fill_site(unit, OTHER)
        for site in (SITE, OTHER):
            for person in (*PEOPLE, *(f"coach{number}" for number in (2, 3, 4))):
                prefix = "" if site == SITE else "other."
                unit.run("UPDATE staff SET login = ? WHERE site = ? AND login = ?", prefix + made.login(person), site, person)

    store.write(fill)
    store.close()
    logins = [made.login(person) for person in PEOPLE] + [f"other.{made.login('agent1')}"]
    for login in logins:
        made.as_owner(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(login)).as_string(None))
    for site, login in ((SITE, made.login("admin1")), (OTHER, f"other.{made.login('admin1')}")):
        person = _desk(owner, login, site)
        done = securing.secure(person)
        assert isinstance(done, securing.Secured)
        person.store.close()
    mine = _desk(owner, made.login("agent2"))
    _booked(booking.book(mine, Wish("NJR-F2F", DAY, NINE, "D03", client="C000009")))
    mine.store.close()
    try:
        yield made
    finally:
        postgres_server.drop_database(name)
        with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as connection:
            for login in logins:
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(login)))


def _desk(location: str, login: str, site: str = SITE) -> Any:
    from agent_tui.services.desk import open_desk

    return open_desk(location, login, NOW, site=site)


def _booked(answer: Any) -> Booked:
    assert isinstance(answer, Booked), answer
    return answer


def test_an_agents_login_sees_its_own_site_and_no_other(secured: Secured) -> None:
    for table in ("client", "entry", "event", "staff", "site", "occupancy", "resource"):
        found = secured.raw("agent1", f"SELECT DISTINCT site FROM {table}")
        assert found == [(SITE,)], table
    assert secured.raw("agent1", "SELECT count(*) FROM client WHERE site = %s", OTHER) == [(0,)]
    assert secured.raw("agent1", "UPDATE client SET name = 'x' WHERE site = %s RETURNING 1", OTHER) == []
    assert secured.as_owner("SELECT count(*) FROM client WHERE site = %s", OTHER) == [(10,)]


TRICKS = (
    "SET app.site = 'OTH'",
    "SELECT set_config('app.team', 'OTH', false)",
    "SET row_security = off",
    "SET search_path = pg_temp, public",
    "SET ROLE agent_tui_agent",
)


@pytest.mark.parametrize("trick", TRICKS)
def test_no_setting_shows_another_site(secured: Secured, trick: str) -> None:
    with psycopg.connect(secured.url("agent1")) as connection:
        connection.execute(trick)
        try:
            found = connection.execute("SELECT count(*) FROM public.client WHERE site = %s", (OTHER,)).fetchall()
        except errors.InsufficientPrivilege:  # with row security off a query that it would narrow is refused
            found = [(0,)]
        assert found == [(0,)]


FORBIDDEN = {
    "change a line": "UPDATE event SET who = 'x'",
    "delete a line": "DELETE FROM event",
    "empty the log": "TRUNCATE event",
    "write a line": "INSERT INTO event (site, seq, at, stamped, who, role, verb, touched, previous, hash)"
    " VALUES ('LPP', 99, 1, 1, 'x', 'agent', 'held', '[]', '', '')",
    "move the head": "UPDATE site_head SET seq = 0",
    "drop a guard": "DROP TRIGGER event_no_change ON event",
    "switch a guard off": "ALTER TABLE event DISABLE TRIGGER ALL",
    "switch row security off": "ALTER TABLE client DISABLE ROW LEVEL SECURITY",
    "drop a policy": "DROP POLICY desk_site ON client",
    "drop a table": "DROP TABLE client",
    "make a table": "CREATE TABLE mine (x int)",
    "make a temporary table": "CREATE TEMP TABLE claim (x int)",
    "empty the guard": "TRUNCATE occupancy",
    "delete looks": "DELETE FROM access",
    "change a role": "UPDATE staff SET role = 'admin'",
    "add a login": "INSERT INTO staff (site, login, name, role, booker) VALUES ('LPP', 'x', 'X', 'admin', 'site staff')",
    "see who is a member": "SELECT * FROM desk_member",
    "become a member": "INSERT INTO desk_member VALUES (session_user, 'OTH', 'x')",
    "join a group": "GRANT agent_tui_admin TO session_user",
    "change the function": "CREATE OR REPLACE FUNCTION desk_role(at_site text) RETURNS text LANGUAGE sql AS $$ SELECT 'admin' $$",
    "become the owner": "SET SESSION AUTHORIZATION postgres",
    "take a group": "SET ROLE agent_tui_admin",
    "change a segment": "UPDATE segment SET most = 0",
    "change the site": "UPDATE site SET name = 'x'",
    "run a program": "COPY client TO PROGRAM 'cat'",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_an_agents_login_may_not(secured: Secured, what: str) -> None:
    before = secured.as_owner("SELECT count(*), max(seq) FROM event")
    with pytest.raises(REFUSED):
        secured.raw("agent1", FORBIDDEN[what])
    assert secured.as_owner("SELECT count(*), max(seq) FROM event") == before


def test_nobody_writes_a_line_as_somebody_else_or_in_another_role(secured: Secured) -> None:
    person = _desk(secured.url("agent1"), secured.login("agent1"))
    try:
        with person.store.read() as unit:
            now = unit.clock_ms()
        good = Stamp(SITE, secured.login("agent1"), "agent", 1, now)
        bad = (
            Stamp(SITE, secured.login("agent2"), "agent", 1, now),
            Stamp(SITE, secured.login("agent1"), "admin", 1, now),
            Stamp(OTHER, secured.login("agent1"), "agent", 1, now),
            Stamp(SITE, secured.login("agent1"), "agent", 1, now - 3_600_000),
        )
        for stamp in bad:
            with pytest.raises(StoreTrouble, match="does not let this login"):
                person.store.write(lambda unit, stamp=stamp: log_queries.append(unit, stamp, NewEvent("told")))
        awkward = NewEvent("told", after={"claims": [], "said": 'a"\\/\b\f\n\r\t\x01\x7f é €\u2028'}, reason='"\\\n\x1f')
        person.store.write(lambda unit: log_queries.append_many(unit, good, [awkward, NewEvent("told")]))
    finally:
        person.store.close()
    report = _examined(secured)
    assert report.invariants["I4"].violations == 0


def _examined(secured: Secured) -> Any:
    store = open_store(secured.owner)
    try:
        return examine(store, SITE)
    finally:
        store.close()


def test_the_app_works_as_an_agents_own_login(secured: Secured) -> None:
    person = _desk(secured.url("agent1"), secured.login("agent1"))
    try:
        held = _booked(booking.hold(person, Wish("NJR-F2F", DAY, NINE, "D01", client="C000001")))
        _booked(booking.confirm(person, held.entry.id))
        _booked(changes.move(person, held.entry.id, DAY, TEN, "D02"))
        _booked(changes.undo(person))
        _booked(changes.cancel(person, held.entry.id, "claimant"))
        _booked(booking.book(person, Wish("EV-F2F", DAY, TEN + 12, "D01", client="C000002")))
        taken = booking.book(person, Wish("NJR-F2F", DAY, NINE, "D03", client="C000003"))
        assert isinstance(taken, Refused)
        assert taken.code == "taken"
    finally:
        person.store.close()
    who = secured.as_owner("SELECT DISTINCT who, role FROM event WHERE verb IN ('moved', 'cancelled')")
    assert who == [(secured.login("agent1"), "agent")]
    assert all(one.violations == 0 for one in _examined(secured).invariants.values())


SILENT = {
    "cancel it": "UPDATE entry SET status = 'cancelled', version = version + 1 WHERE id = {id}",
    "move it": "UPDATE entry SET start_tick = start_tick + 12, end_tick = end_tick + 12 WHERE id = {id}",
    "give it to another claimant": "UPDATE entry SET client = 'C000002' WHERE id = {id}",
    "make it half of a pair": "UPDATE entry SET pair = id WHERE id = {id}",
    "take its time away": "DELETE FROM claim WHERE entry = {id}",
    "take a part of it": "UPDATE claim SET end_tick = end_tick - 1 WHERE entry = {id}",
    "let its time run out": "UPDATE claim SET expires_at = 1 WHERE entry = {id}",
    "delete it": "DELETE FROM message WHERE entry = {id}; DELETE FROM claim WHERE entry = {id};"
    " DELETE FROM occupancy WHERE entry = {id}; DELETE FROM entry WHERE id = {id}",
    "make another": 'INSERT INTO entry SELECT (e).* FROM (SELECT jsonb_populate_record(x, \'{{"id": "new"}}\') AS e'
    " FROM entry AS x WHERE id = {id}) AS made",
    "and say nothing of it": "UPDATE entry SET status = 'cancelled' WHERE id = {id}; SELECT desk_append('LPP', '[]')",
}


def _run(url: str, statements: sql.Composed) -> None:
    with closing_it(psycopg.connect(url)) as connection:  # its own block leaves one open whose commit is refused
        connection.execute(statements)
        connection.commit()


def test_no_login_changes_an_appointment_without_a_line_in_its_own_name(secured: Secured) -> None:
    person = _desk(secured.url("agent1"), secured.login("agent1"))
    id = _booked(booking.book(person, Wish("NJR-F2F", DAY, TEN + 60, "D04", client="C000007"))).entry.id
    person.store.close()
    migrate(secured.owner)  # which compares it with a fresh store, and leaves it as it is
    everything = "SELECT e.*, c.* FROM entry e LEFT JOIN claim c ON c.site = e.site AND c.entry = e.id ORDER BY e.id, c.resource"
    before = secured.as_owner(everything)
    for what, statement in SILENT.items():
        for person in ("agent1", "coach1", "super1") if what == "cancel it" else ("agent1",):
            with pytest.raises(REFUSED):
                _run(secured.url(person), sql.SQL(statement).format(id=sql.Literal(id)))
    assert secured.as_owner(everything) == before
    # Whoever owns the tables is not bound, as the page says.
    secured.as_owner("UPDATE entry SET version = version WHERE id = %s", id)


def test_a_login_of_the_database_opens_the_desk_as_itself_only(secured: Secured) -> None:
    with pytest.raises(DeskRefused, match="nobody can act in another's name"):
        _desk(secured.url("agent1"), secured.login("admin1"))


def test_a_supervisors_login_gives_the_roles_of_a_supervisor_and_no_others(secured: Secured) -> None:
    site = "WHERE site = 'LPP' AND login = %s"
    agent = secured.login("agent2")
    assert secured.raw("super1", f"UPDATE staff SET role = 'leader' {site} RETURNING role", agent) == [("leader",)]
    assert secured.raw("super1", f"UPDATE staff SET role = 'agent' {site} RETURNING role", agent) == [("agent",)]
    assert secured.raw("super1", f"UPDATE staff SET role = 'admin' {site} RETURNING 1", secured.login("super1")) == []
    with pytest.raises(errors.InsufficientPrivilege):
        secured.raw("super1", f"UPDATE staff SET role = 'admin' {site}", agent)
    assert secured.raw("super1", f"UPDATE staff SET role = 'agent' {site} RETURNING 1", secured.login("admin1")) == []
    person = _desk(secured.url("admin1"), secured.login("admin1"))
    try:
        added = staffing.add_staff(person, f"new.{secured.word}", "Neo Nash", "agent")
        assert isinstance(added, staffing.StaffChanged)
    finally:
        person.store.close()


def test_a_leaders_login_changes_rules_and_no_roles(secured: Secured) -> None:
    assert secured.raw("leader1", "UPDATE segment SET description = 'x' RETURNING 1")
    with pytest.raises(errors.InsufficientPrivilege):
        secured.raw("leader1", "UPDATE staff SET role = 'admin'")


def test_a_leader_who_is_none_any_more_changes_no_rules_at_once(secured: Secured) -> None:
    role = "UPDATE staff SET role = %s WHERE site = 'LPP' AND login = %s"
    secured.as_owner(role, "agent", secured.login("leader1"))
    try:
        assert secured.raw("leader1", "UPDATE segment SET description = 'y' RETURNING 1") == []
        with pytest.raises(errors.InsufficientPrivilege):
            secured.raw("leader1", "INSERT INTO team (site, team, name) VALUES ('LPP', 'X', 'X')")
    finally:
        secured.as_owner(role, "leader", secured.login("leader1"))


def test_a_coachs_login_takes_time_in_the_own_diary_only(secured: Secured) -> None:
    insert = "INSERT INTO occupancy (site, resource, day, tick, entry) VALUES ('LPP', %s, '2026-12-01', 200, 'x')"
    with pytest.raises(errors.InsufficientPrivilege):
        secured.raw("coach1", insert, "D02")
    person = _desk(secured.url("coach1"), secured.login("coach1"))
    try:
        _booked(booking.book(person, Wish("NJR-F2F", DAY, 180, "D01", client="C000004")))
    finally:
        person.store.close()


def test_looks_are_written_in_the_own_name_and_read_by_supervisors(secured: Secured) -> None:
    insert = "INSERT INTO access (site, id, at, who, client, why) VALUES ('LPP', %s, 1, %s, 'C000001', 'call')"
    secured.raw("agent1", insert, uuid4().hex, secured.login("agent1"))
    with pytest.raises(errors.InsufficientPrivilege):
        secured.raw("agent1", insert, uuid4().hex, secured.login("agent2"))
    assert secured.raw("agent2", "SELECT count(*) FROM access WHERE who <> %s", secured.login("agent2")) == [(0,)]
    assert secured.raw("super1", "SELECT count(*) FROM access WHERE who = %s", secured.login("agent1"))[0][0] > 0


def test_a_terminal_is_there_in_its_own_name_only(secured: Secured) -> None:
    insert = "INSERT INTO presence VALUES ('LPP', %s, %s, '2026-11-25', '2026-11-25', 1)"
    secured.raw("agent1", insert, "t7", secured.login("agent1"))
    with pytest.raises(errors.InsufficientPrivilege):
        secured.raw("agent1", insert, "t8", secured.login("agent2"))
    assert secured.raw("agent2", "UPDATE presence SET first_day = '' RETURNING 1") == []
    assert secured.raw("agent2", "DELETE FROM presence WHERE terminal = 't7' RETURNING 1") == []
    assert secured.raw("agent1", "DELETE FROM presence WHERE terminal = 't7' RETURNING 1") == [(1,)]


def test_a_login_that_is_switched_off_sees_nothing_at_once(secured: Secured) -> None:
    admin = _desk(secured.owner, secured.login("admin1"))
    try:
        assert secured.raw("agent2", "SELECT count(*) > 0 FROM client") == [(True,)]
        staffing.switch_login(admin, secured.login("agent2"), enabled=False)
        assert secured.raw("agent2", "SELECT count(*) > 0 FROM client") == [(False,)]
        with pytest.raises(DeskRefused, match="no role at any site"):
            _desk(secured.url("agent2"), secured.login("agent2"))
        staffing.switch_login(admin, secured.login("agent2"), enabled=True)
        assert secured.raw("agent2", "SELECT count(*) > 0 FROM client") == [(True,)]
    finally:
        admin.store.close()


def test_the_key_is_still_used(secured: Secured) -> None:
    row = "'OTH', 'K' || number, 'x', 'x', '', '', '', '', '', '', ''"
    secured.as_owner(f"INSERT INTO client SELECT {row} FROM generate_series(1, 5000) AS number")
    with psycopg.connect(secured.owner, autocommit=True) as connection:
        connection.execute("ANALYZE client")
    for person in ("agent1", "super1"):
        explained = secured.raw(person, "EXPLAIN SELECT * FROM client WHERE site = 'LPP' AND client = 'C000001'")
        plan = "\n".join(str(row[0]) for row in explained)
        assert "Index Scan using client_pkey" in plan
        assert "(client = 'C000001'::text)" in plan.partition("Index Cond")[2]
    secured.as_owner("DELETE FROM client WHERE site = 'OTH' AND client LIKE 'K%%'")


def test_only_an_administrator_with_the_owners_login_sets_it_up(secured: Secured) -> None:
    for location, person in ((secured.owner, "leader1"), (secured.url("admin1"), "admin1")):
        desk_of = _desk(location, secured.login(person))
        answer = securing.secure(desk_of)
        desk_of.store.close()
        assert isinstance(answer, Refused)
        assert answer.code == "role"


def test_the_acts_of_a_day_work_as_the_logins_of_those_who_do_them(secured: Secured) -> None:
    agent, leader, admin = (_desk(secured.url(who), secured.login(who)) for who in ("agent1", "leader1", "admin1"))
    later = agent.seen_at(NOW + timedelta(days=1, hours=6))
    try:
        added = claimants.add_client(agent, Client("", "Noor Ito", phone="0113 496 0999"))
        assert isinstance(added, claimants.Added)
        names = claimants.names_of(agent, ["C000001"], "day")
        assert names
        call = calls.new_call_id()
        calls.open_call(agent, call, "NJR-F2F", {})
        booked = _booked(booking.book(agent, Wish("NJR-F2F", DAY, NINE + 6, "D02", client="C000005")))
        assert calls.end_call(agent, call, "booked", entry=booked.entry.id)
        held = _booked(booking.hold(agent, Wish("NJR-F2F", DAY, NINE + 12, "D02", client="C000005")))
        _booked(handovers.hand_over(agent, held.entry.id, secured.login("leader1"), draft={"note": "x"}))
        assert presence.show(agent, "t1", DAY, DAY) == ()
        assert [one.login for one in presence.show(leader, "t2", DAY, DAY)] == [secured.login("agent1")]
        _booked(handovers.take_over(leader, held.entry.id).outcome)
        _booked(booking.release(leader, held.entry.id))
        assert isinstance(sooner.add(agent, booked.entry.id, SoonerWish()), sooner.Placed)
        _booked(attendance.attend(later, booked.entry.id, "dna"))
        handed = booking.book(agent, Wish("CC-PHONE", DAY, NINE, "D01", client="C000006"))
        assert isinstance(handed, HandedOff)
        assert isinstance(handoffs.close(agent, handed.id, "dealt_with"), handoffs.HandoffChanged)
        assert isinstance(blocking.block(leader, "D04", DAY, TEN + 24, TEN + 36, "leave"), Blocked)
        assert getattr(guarantees.set_guarantee(leader, "FC-F2F", 3, 5), "status", "") == "saved"
        assert getattr(key_types.set_key(leader, "EV-F2F", True), "status", "") == "saved"
        assert getattr(diaries.disable(leader, "D04"), "status", "") == "disabled"
        assert getattr(diaries.enable(leader, "D04"), "status", "") == "enabled"
        assert getattr(closing.close_day(admin, date(2026, 12, 24), "Training"), "status", "") == "closed"
        assert isinstance(staffing.switch_login(admin, secured.login("coach2"), enabled=False), staffing.StaffChanged)
        assert demand.learn_demand(leader) is not None
        assert flags.open_count(agent) >= 0
    finally:
        for one in (agent, leader, admin):
            one.store.close()
    assert all(one.violations == 0 for one in _examined(secured).invariants.values())


def test_an_agents_login_sends_its_own_sites_messages_and_no_others(secured: Secured) -> None:
    class Provider:
        def send(self, outgoing: Outgoing) -> Delivered:
            return Delivered(f"id-{outgoing.reference}")

    agent = _desk(secured.url("agent1"), secured.login("agent1"))
    try:
        first, second = (
            _booked(booking.book(agent, Wish("NJR-F2F", DAY, start, "D02", client="C000008"))).entry for start in (NINE, TEN)
        )
        known = {"phone": "07700 900001", "preferred_channel": "sms"}
        assert isinstance(claimants.edit_client(agent, "C000008", known), claimants.Edited)
        assert isinstance(messages.tell(agent, second.id), messages.Settled)
        later = agent.seen_at(agent.now + timedelta(minutes=2))
        assert sending.send(later, {"sms": Provider()}, Composer(load_library(None))).sent == 1
        assert reminding.remind(later).items == ()
        told = "SELECT status FROM message WHERE entry = %s"
        assert [secured.raw("agent1", told, one.id) for one in (first, second)] == [[("sent",)], [("told",)]]
        assert secured.raw("agent1", "UPDATE message SET status = 'dropped' WHERE site = %s RETURNING 1", OTHER) == []
    finally:
        agent.store.close()


def test_an_agents_login_asks_and_a_leaders_answers(secured: Secured) -> None:
    agent = _desk(secured.url("agent1"), secured.login("agent1"))
    leader = _desk(secured.url("leader1"), secured.login("leader1"))
    try:
        asked = questions.raise_question(agent, "May a friend come along to the interview?")
        assert isinstance(asked, Recorded), asked
        assert isinstance(incidents.raise_incident(agent, "slow", "since nine"), Recorded)
        assert isinstance(reviewing.add_feedback(agent, "staff", "too long", procedure="type-use"), Recorded)
        for table in ("question_answer", "support_ticket", "improvement", "procedure_review"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                secured.raw("agent1", f"INSERT INTO {table} SELECT * FROM {table}")
        assert isinstance(questions.answer(leader, asked.id, "Yes."), Recorded)
        (told,) = questions.answers_for_me(agent)
        questions.mark_told(agent, [told.id])
        assert questions.answers_for_me(agent) == []
        assert isinstance(reviewing.reviewed(leader, "type-use"), Recorded)
        for desk in (agent, leader):  # what each of them did last
            undone = support_undo.undo(desk)
            assert isinstance(undone, Recorded), undone
        assert reviewing.feedback(leader) == []
    finally:
        agent.store.close()
        leader.store.close()


def test_a_supervisors_and_an_administrators_login_anonymise(secured: Secured) -> None:
    agent, leader = (_desk(secured.url(who), secured.login(who)) for who in ("agent1", "leader1"))
    booked = _booked(booking.book(agent, Wish("NJR-F2F", DAY, TEN, "D03", client="C000010", note="rings at noon")))
    raised = incidents.raise_incident(agent, "slow", "rings at noon")
    assert isinstance(raised, Recorded)
    assert isinstance(incidents.raise_ticket(leader, raised.id, "rings at noon"), Recorded)
    assert isinstance(incidents.close_incident(leader, raised.id, "rings at noon"), Recorded)
    years = NOW + timedelta(days=3 * 366)
    try:
        assert isinstance(retaining.apply(leader.seen_at(years), "schedule"), Refused)
        for who in ("super1", "admin1"):
            desk = _desk(secured.url(who), secured.login(who))
            found = retaining.apply(desk.seen_at(years), "schedule")
            desk.store.close()
            assert isinstance(found, Retained), found
            done = {one.category.name: one.done for one in found.items}
            assert (done["bookings"] > 0) == (who == "super1")
            assert all(one.done == one.due for one in found.items if one.category.erased and one.category.name != "notes")
        assert secured.as_owner("SELECT name FROM client WHERE site = %s AND client = 'C000010'", SITE) == [("Anonymised",)]
        assert secured.as_owner("SELECT count(*) FROM note WHERE site = %s AND entry = %s", SITE, booked.entry.id) == [(0,)]
        assert secured.as_owner("SELECT words, outcome FROM incident WHERE site = %s AND id = %s", SITE, raised.id) == [("", "")]
    finally:
        agent.store.close()
        leader.store.close()
    assert all(one.violations == 0 for one in _examined(secured).invariants.values())
