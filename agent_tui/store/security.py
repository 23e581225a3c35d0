"""PostgreSQL roles and row-level security: who may touch which rows, and a log in which nobody can write as somebody else.

Every policy asks for `session_user`, which a login cannot change, and finds its site in `desk_member`, which no member may
write: a policy on a setting is bypassed by whoever sets it (reliability.md, section 4).
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from agent_tui.store.tables import tables_by_name

GROUPS = {
    "agent": "agent_tui_agent",
    "coach": "agent_tui_coach",
    "leader": "agent_tui_leader",
    "supervisor": "agent_tui_supervisor",
    "admin": "agent_tui_admin",
}
"""The group of the database that each role of the staff table is in; each may what the one before may, a coach as an agent."""

_OF_WORK = (
    *("client", "client_word", "entry", "claim", "occupancy", "segment_use", "note", "handoff", "flag", "escalation"),
    *("call", "waiting"),
    *("external_reference", "message", "message_claim", "counter", "refusal", "learnt_demand", "value_table", "override_request"),
    *("handover", "presence"),
    *("question", "question_watch", "incident", "feedback"),
)
"""What an agent's acts write. All else but the log, its head, looks and staff is a rule of the site, and a team leader's."""

_NOBODYS = ("event", "site_head", "access", "staff", "pattern_head", "site")
_NO_ROLE = "this database login has no role at this site"

_FUNCTIONS = """
CREATE OR REPLACE FUNCTION desk_sites() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = {here}, pg_temp AS $$
    SELECT coalesce(array_agg(m.site), '{{}}') FROM desk_member m JOIN staff s ON s.site = m.site AND s.login = m.staff
    WHERE m.login = session_user AND s.off_at IS NULL $$;

CREATE OR REPLACE FUNCTION desk_staff(at_site text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = {here}, pg_temp AS $$
    SELECT s.login FROM desk_member m JOIN staff s ON s.site = m.site AND s.login = m.staff
    WHERE m.login = session_user AND m.site = at_site AND s.off_at IS NULL $$;

CREATE OR REPLACE FUNCTION desk_role(at_site text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = {here}, pg_temp AS $$
    SELECT s.role FROM desk_member m JOIN staff s ON s.site = m.site AND s.login = m.staff
    WHERE m.login = session_user AND m.site = at_site AND s.off_at IS NULL $$;

CREATE OR REPLACE FUNCTION desk_gives(at_site text, given text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = {here}, pg_temp AS $$
    SELECT CASE desk_role(at_site) WHEN 'admin' THEN true WHEN 'supervisor' THEN given IN ('agent', 'coach', 'leader')
    ELSE false END $$;

CREATE OR REPLACE FUNCTION desk_leads(at_site text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = {here}, pg_temp AS $$
    SELECT coalesce(desk_role(at_site) IN ('leader', 'supervisor', 'admin'), false) $$;

CREATE OR REPLACE FUNCTION desk_own_time(at_site text, wanted text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = {here}, pg_temp AS $$
    SELECT desk_role(at_site) IS DISTINCT FROM 'coach'
        OR EXISTS (SELECT 1 FROM staff WHERE site = at_site AND login = desk_staff(at_site) AND diary = wanted)
        OR EXISTS (SELECT 1 FROM resource WHERE site = at_site AND resource = wanted AND kind <> 'diary') $$;

CREATE OR REPLACE FUNCTION desk_append(at_site text, lines json) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = {here}, pg_temp AS $$
DECLARE
    my_login text := desk_staff(at_site);
    my_role text := desk_role(at_site);
    clock bigint := CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint);
    last bigint;
    chain text;
    digest text;
    said text;
    one json;
BEGIN
    IF my_login IS NULL THEN
        RAISE EXCEPTION '{no_role}' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT h.seq, h.hash INTO STRICT last, chain FROM site_head h WHERE h.site = at_site FOR UPDATE;
    FOR one IN SELECT value FROM json_array_elements(lines) LOOP
        IF one->>2 IS DISTINCT FROM my_login OR one->>3 IS DISTINCT FROM my_role THEN
            RAISE EXCEPTION 'a line of the log carries the login and the role of who writes it'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF (one->>1)::bigint NOT BETWEEN clock - {longest} AND clock + {longest} THEN
            RAISE EXCEPTION 'a line of the log carries the clock of the database' USING ERRCODE = 'insufficient_privilege';
        END IF;
        last := last + 1;
        -- The text that domain.log.canonical hashes: a list of numbers, strings and null, without blanks.
        SELECT '[' || to_json(at_site)::text || ',' || last || ',' || (one->>0)::bigint || ',' || (one->>1)::bigint || ','
            || string_agg(coalesce(to_json(one->>at)::text, 'null'), ',' ORDER BY at) || ']'
            INTO said FROM generate_series(2, 12) AS at;
        digest := encode(sha256(convert_to(chain || E'\\n' || said, 'UTF8')), 'hex');
        INSERT INTO event (site, seq, at, stamped, who, role, verb, entry, client, touched, before_state, after_state, reason,
            request, fingerprint, previous, hash)
        VALUES (at_site, last, (one->>0)::bigint, (one->>1)::bigint, my_login, my_role, one->>4, one->>5, one->>6, one->>7,
            one->>8, one->>9, one->>10, one->>11, one->>12, chain, digest);
        chain := digest;
    END LOOP;
    UPDATE site_head SET seq = last, hash = chain WHERE site = at_site;
    RETURN last;
END $$;

CREATE OR REPLACE FUNCTION desk_as_told() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = {here}, pg_temp AS $$
DECLARE
    changed jsonb := CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    at_site text := changed->>'site';
    about text := changed->>TG_ARGV[0];
    stored entry%ROWTYPE;
    is_now jsonb;
    told jsonb;
BEGIN
    IF desk_staff(at_site) IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT v.after_state::jsonb INTO told FROM event v WHERE v.site = at_site AND v.entry = about ORDER BY v.seq DESC LIMIT 1;
    SELECT * INTO stored FROM entry e WHERE e.site = at_site AND e.id = about;
    is_now := to_jsonb(stored) || jsonb_build_object('start', stored.start_tick, 'end', stored.end_tick,
        'resources', stored.resources::jsonb, 'needs', stored.needs::jsonb);
    IF told IS NULL OR stored.id IS NULL OR told->>'pair' IS DISTINCT FROM stored.pair
        OR EXISTS (SELECT 1 FROM jsonb_each(told - 'claims') AS said WHERE said.value IS DISTINCT FROM is_now->said.key)
        OR EXISTS (SELECT 1 FROM claim c WHERE c.site = at_site AND c.entry = about
            AND c.expires_at IS DISTINCT FROM stored.expires_at)
        OR (SELECT jsonb_agg(said ORDER BY said) FROM jsonb_array_elements(told->'claims') AS said) IS DISTINCT FROM
            (SELECT jsonb_agg(mine ORDER BY mine) FROM (SELECT jsonb_build_array(c.resource, c.day, c.start_tick, c.end_tick)
                FROM claim c WHERE c.site = at_site AND c.entry = about) AS owned(mine))
    THEN
        RAISE EXCEPTION 'an appointment is changed together with a line of the log that says so'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
"""
_CALLED = (
    *("desk_sites()", "desk_staff(text)", "desk_role(text)", "desk_gives(text, text)", "desk_leads(text)"),
    *("desk_own_time(text, text)", "desk_append(text, json)"),
)
_TOLD = {"entry": "id", "claim": "entry"}
"""Tables whose rows a member changes together with a line of the log only, each with its column that names the entry."""

_LONGEST_ACT_MS = 600_000
_MINE = "site = ANY ((SELECT {here}.desk_sites())::text[])"


def secure(connection: Connection) -> None:
    """Create groups, the table of members, policies, grants and the function that writes the log; again is no harm.

    It must run as the owner of the tables, who may create roles and is not bound by any of it.
    """
    here = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    _create_groups(connection)
    _do(
        connection,
        "CREATE TABLE IF NOT EXISTS desk_member (login name NOT NULL, site text NOT NULL, staff text NOT NULL,"
        " CONSTRAINT desk_member_pkey PRIMARY KEY (site, login))",
    )
    _do(
        connection,
        "ALTER TABLE desk_member DROP CONSTRAINT desk_member_pkey, ADD CONSTRAINT desk_member_pkey PRIMARY KEY (site, login)",
    )
    _do(connection, _FUNCTIONS.format(here=here, no_role=_NO_ROLE, longest=_LONGEST_ACT_MS))
    everybody = ", ".join(GROUPS.values())
    for function in _CALLED:
        _do(connection, f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        _do(connection, f"GRANT EXECUTE ON FUNCTION {function} TO {everybody}")
    _do(connection, f"REVOKE CREATE ON SCHEMA {here} FROM PUBLIC")
    _do(connection, f"GRANT USAGE ON SCHEMA {here} TO {everybody}")
    _do(connection, "DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$")
    _do(connection, f"REVOKE ALL ON desk_member, alembic_version FROM PUBLIC, {everybody}")
    _do(connection, f"GRANT SELECT ON alembic_version TO {everybody}")
    for table in tables_by_name():
        _secure_table(connection, table, here, everybody)
    for table, column in _TOLD.items():
        # Looked at when the transaction commits, since the line of the log is what it writes last.
        _do(connection, f"DROP TRIGGER IF EXISTS desk_as_told ON {table}")
        _do(
            connection,
            f"CREATE CONSTRAINT TRIGGER desk_as_told AFTER INSERT OR UPDATE OR DELETE ON {table} DEFERRABLE INITIALLY DEFERRED"
            f" FOR EACH ROW EXECUTE FUNCTION desk_as_told('{column}')",
        )


def _create_groups(connection: Connection) -> None:
    for group in GROUPS.values():
        _do(
            connection,
            f"DO $$ BEGIN CREATE ROLE {group} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$",
        )
    for lower, upper in (("agent", "coach"), ("agent", "leader"), ("leader", "supervisor"), ("supervisor", "admin")):
        _do(connection, f"GRANT {GROUPS[lower]} TO {GROUPS[upper]}")


def _secure_table(connection: Connection, table: str, here: str, everybody: str) -> None:
    """Let members read the rows of their own sites, and each role write what its acts write."""
    mine = _MINE.format(here=here)
    _do(connection, f'REVOKE ALL ON "{table}" FROM PUBLIC, {everybody}')
    _do(connection, f'GRANT SELECT ON "{table}" TO {GROUPS["agent"]}')
    _do(connection, f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    if table not in _NOBODYS:
        group = GROUPS["agent" if table in _OF_WORK else "leader"]
        _do(connection, f'GRANT INSERT, UPDATE, DELETE ON "{table}" TO {group}')
    if table == "pattern_head":  # a booking keeps the rules from changing, which takes the right to
        _do(connection, f"GRANT UPDATE (version) ON pattern_head TO {GROUPS['agent']}")
    if table == "site":
        _do(connection, f"GRANT UPDATE ON site TO {GROUPS['leader']}")
    if table == "access":
        _do(connection, f"GRANT INSERT ON access TO {GROUPS['agent']}")
        own = f"who = {here}.desk_staff(site)"
        read = f"{mine} AND ({own} OR {here}.desk_role(site) IN ('supervisor', 'admin'))"
        _policy(connection, table, "desk_read", f"FOR SELECT USING ({read})")
        _policy(connection, table, "desk_write", f"FOR INSERT WITH CHECK ({mine} AND {own})")
        return
    if table == "presence":
        own = f"{mine} AND login = {here}.desk_staff(site)"
        _policy(connection, table, "desk_read", f"FOR SELECT USING ({mine})")
        _policy(connection, table, "desk_add", f"FOR INSERT WITH CHECK ({own})")
        _policy(connection, table, "desk_change", f"FOR UPDATE USING ({own}) WITH CHECK ({own})")
        _policy(connection, table, "desk_leave", f"FOR DELETE USING ({own})")
        return
    if table == "staff":
        _do(connection, f"GRANT INSERT, UPDATE ON staff TO {GROUPS['supervisor']}")
        gives = f"{mine} AND {here}.desk_gives(site, role)"
        _policy(connection, table, "desk_read", f"FOR SELECT USING ({mine})")
        _policy(connection, table, "desk_add", f"FOR INSERT WITH CHECK ({gives})")
        _policy(connection, table, "desk_change", f"FOR UPDATE USING ({gives}) WITH CHECK ({gives})")
        return
    _policy(connection, table, "desk_site", f"USING ({mine}) WITH CHECK ({mine})")
    if table == "site" or table not in (*_OF_WORK, *_NOBODYS):
        # The group that a login is in may be older than its role.
        leads = f"{here}.desk_leads(site)"
        for act, rule in (("insert", f"WITH CHECK ({leads})"), ("update", f"USING ({leads})"), ("delete", f"USING ({leads})")):
            _policy(connection, table, f"desk_{act}", f"AS RESTRICTIVE FOR {act.upper()} {rule}")
    if table in ("claim", "occupancy", "entry"):
        column = "diary" if table == "entry" else "resource"
        _policy(connection, table, "desk_coach", f"AS RESTRICTIVE FOR INSERT WITH CHECK ({here}.desk_own_time(site, {column}))")


def _policy(connection: Connection, table: str, name: str, rule: str) -> None:
    _do(connection, f'DROP POLICY IF EXISTS {name} ON "{table}"')
    _do(connection, f'CREATE POLICY {name} ON "{table}" {rule}')


def admit(connection: Connection, site: str, people: Iterable[tuple[str, str, bool]]) -> dict[str, str]:
    """Make the database's logins of the staff's names members of a site, each in the group of its role, and no other.

    `people` are (login, role, enabled). Returns the role of each login that is a member now; those who are off, or are no
    login of the database, are none. A superuser and the owner are never members: nothing here would bind them.
    """
    found = {
        str(row[0])
        for row in connection.exec_driver_sql(
            "SELECT rolname FROM pg_roles WHERE rolcanlogin AND NOT rolsuper AND rolname <> current_user"
        )
    }
    connection.exec_driver_sql("DELETE FROM desk_member WHERE site = %s", (site,))
    members = {login: role for login, role, enabled in people if enabled and login in found}
    for login in sorted(members):
        connection.exec_driver_sql("INSERT INTO desk_member (login, site, staff) VALUES (%s, %s, %s)", (login, site, login))
    known = {str(row[0]) for row in connection.exec_driver_sql("SELECT login FROM desk_member")}
    for login in sorted({name for name, _role, _enabled in people} & found):
        quoted = connection.exec_driver_sql("SELECT quote_ident(%s)", (login,)).scalar_one()
        if login in known:
            held = {str(row[0]) for row in connection.exec_driver_sql(_ROLES_OF, (login,))}
            groups = {GROUPS[role] for role in held}
        else:
            groups = set()
        for group in GROUPS.values():
            _do(connection, f"{'GRANT' if group in groups else 'REVOKE'} {group} {'TO' if group in groups else 'FROM'} {quoted}")
    return members


_ROLES_OF = (
    "SELECT s.role FROM desk_member m JOIN staff s ON s.site = m.site AND s.login = m.staff"
    " WHERE m.login = %s AND s.off_at IS NULL"
)


def _do(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement.replace("%", "%%"))
