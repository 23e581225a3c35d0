"""Triggers that refuse what no code of ours should do: a stolen tick, a changed log."""

from sqlalchemy import Connection

SQLITE_GUARDS: dict[str, str] = {
    "occupancy_no_second_owner": """
        CREATE TRIGGER occupancy_no_second_owner BEFORE INSERT ON occupancy
        WHEN EXISTS (SELECT 1 FROM occupancy WHERE site = NEW.site AND resource = NEW.resource
                     AND day = NEW.day AND tick = NEW.tick)
        BEGIN SELECT RAISE(ABORT, 'occupancy: this tick has an owner'); END""",
    "occupancy_no_new_owner": """
        CREATE TRIGGER occupancy_no_new_owner BEFORE UPDATE ON occupancy
        BEGIN SELECT RAISE(ABORT, 'occupancy: ticks change hands by delete and insert only'); END""",
    "occupancy_no_loss": """
        CREATE TRIGGER occupancy_no_loss BEFORE DELETE ON occupancy
        WHEN EXISTS (SELECT 1 FROM claim WHERE site = OLD.site AND resource = OLD.resource AND day = OLD.day
                     AND entry = OLD.entry AND start_tick <= OLD.tick AND OLD.tick < end_tick)
        BEGIN SELECT RAISE(ABORT, 'occupancy: a claim stands on this tick'); END""",
    "event_no_replace": """
        CREATE TRIGGER event_no_replace BEFORE INSERT ON event
        WHEN EXISTS (SELECT 1 FROM event WHERE site = NEW.site AND seq = NEW.seq)
        BEGIN SELECT RAISE(ABORT, 'event: the log is append-only'); END""",
    "event_no_second_request": """
        CREATE TRIGGER event_no_second_request BEFORE INSERT ON event
        WHEN NEW.request IS NOT NULL AND EXISTS (SELECT 1 FROM event WHERE site = NEW.site AND request = NEW.request)
        BEGIN SELECT RAISE(ABORT, 'event.request: this request was answered'); END""",
    "event_no_update": """
        CREATE TRIGGER event_no_update BEFORE UPDATE ON event
        BEGIN SELECT RAISE(ABORT, 'event: the log is append-only'); END""",
    "event_no_delete": """
        CREATE TRIGGER event_no_delete BEFORE DELETE ON event
        BEGIN SELECT RAISE(ABORT, 'event: the log is append-only'); END""",
    "access_no_replace": """
        CREATE TRIGGER access_no_replace BEFORE INSERT ON access
        WHEN EXISTS (SELECT 1 FROM access WHERE site = NEW.site AND id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'access: the record is append-only'); END""",
    "access_no_update": """
        CREATE TRIGGER access_no_update BEFORE UPDATE ON access
        BEGIN SELECT RAISE(ABORT, 'access: the record is append-only'); END""",
    "access_no_delete": """
        CREATE TRIGGER access_no_delete BEFORE DELETE ON access
        BEGIN SELECT RAISE(ABORT, 'access: the record is append-only'); END""",
}

_POSTGRES_REFUSE = """
    CREATE FUNCTION agent_tui_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '%: %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
    END $$"""

_POSTGRES_NO_LOSS = """
    CREATE FUNCTION agent_tui_no_loss() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM claim WHERE site = OLD.site AND resource = OLD.resource AND day = OLD.day
                   AND entry = OLD.entry AND start_tick <= OLD.tick AND OLD.tick < end_tick) THEN
            RAISE EXCEPTION 'occupancy: a claim stands on this tick' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END $$"""


def _refusal(name: str, when: str, table: str, words: str, *, statement: bool = False) -> str:
    each = "STATEMENT" if statement else "ROW"
    return f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH {each} EXECUTE FUNCTION agent_tui_refuse('{words}')"


POSTGRES_GUARDS: dict[str, str] = {
    "occupancy_no_new_owner": _refusal(
        "occupancy_no_new_owner", "UPDATE", "occupancy", "ticks change hands by delete and insert only"
    ),
    "occupancy_no_loss": """
        CREATE TRIGGER occupancy_no_loss BEFORE DELETE ON occupancy FOR EACH ROW EXECUTE FUNCTION agent_tui_no_loss()""",
    "occupancy_no_truncate": _refusal(
        "occupancy_no_truncate", "TRUNCATE", "occupancy", "the guard is never emptied", statement=True
    ),
    "event_no_change": _refusal("event_no_change", "UPDATE OR DELETE", "event", "the log is append-only"),
    "event_no_truncate": _refusal("event_no_truncate", "TRUNCATE", "event", "the log is append-only", statement=True),
    "access_no_change": _refusal("access_no_change", "UPDATE OR DELETE", "access", "the record is append-only"),
    "access_no_truncate": _refusal("access_no_truncate", "TRUNCATE", "access", "the record is append-only", statement=True),
}


def create_guards(connection: Connection) -> None:
    """Create every guard trigger on tables that have just been made or rebuilt; those that stand are left alone."""
    missing = missing_guards(connection)
    if connection.dialect.name == "sqlite":
        for name in missing:
            connection.exec_driver_sql(SQLITE_GUARDS[name])
        return
    for function in (_POSTGRES_REFUSE, _POSTGRES_NO_LOSS):
        connection.exec_driver_sql(function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace("%", "%%"))
    for name in missing:
        connection.exec_driver_sql(POSTGRES_GUARDS[name])


def missing_guards(connection: Connection) -> list[str]:
    """Return the names of the guard triggers that the store lacks."""
    if connection.dialect.name == "sqlite":
        present = {row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
        return [name for name in SQLITE_GUARDS if name not in present]
    statement = (
        "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND n.nspname = current_schema()"
    )
    present = {row[0] for row in connection.exec_driver_sql(statement)}
    return [name for name in POSTGRES_GUARDS if name not in present]
