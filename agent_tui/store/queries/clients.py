"""Claimants: personal data in one table, found by folded keys."""

from collections.abc import Iterable, Sequence

from agent_tui.domain.clients import NOBODY, Client, Look, name_key, phone_key, reference_key
from agent_tui.store.unit_of_work import Unit

NO_LONGER_NAMED = f"name_key = '' AND name = '{NOBODY}'"
"""The clause of a claimant whose name and all else was erased; nobody who is added has an empty key."""
COLUMNS = "client, name, phone, reference, email, language, access_needs, COALESCE(preferred_channel, ''), COALESCE(address, '')"
"""What a Client is read from."""
_INSERT = (
    "INSERT INTO client (site, client, name, name_key, phone, phone_key, reference, reference_key, email, language, access_needs,"
    " preferred_channel, address) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
)


def _values(site: str, one: Client) -> tuple[str | None, ...]:
    return (
        *(site, one.ref, one.name, name_key(one.name), one.phone, phone_key(one.phone)),
        *(one.reference, reference_key(one.reference), one.email, one.language, one.access_needs),
        *(one.preferred_channel or None, one.address or None),
    )


def insert_many(unit: Unit, site: str, clients: Iterable[Client]) -> None:
    """Insert claimants whose opaque ids are new."""
    unit.many(_INSERT, [_values(site, one) for one in clients])


def next_ref(unit: Unit, site: str) -> str:
    """Return the next opaque id; the counter's row is locked until the transaction ends."""
    row = unit.row("UPDATE counter SET value = value + 1 WHERE site = ? AND name = 'client' RETURNING value", site)
    if row is None:
        unit.run("INSERT INTO counter (site, name, value) VALUES (?, 'client', 1)", site)
        return "C000001"
    return f"C{int(row[0]):06d}"


def set_counter(unit: Unit, site: str, value: int) -> None:
    """Write the last number given out, after a bulk load."""
    unit.run("INSERT INTO counter (site, name, value) VALUES (?, 'client', ?)", site, value)


def get(unit: Unit, site: str, ref: str, *, lock: bool = False) -> Client | None:
    """Return a claimant by opaque id, or None; with `lock` only one transaction at a time may book for them."""
    clause = " FOR NO KEY UPDATE" if lock and unit.postgres else ""
    row = unit.row(f"SELECT {COLUMNS} FROM client WHERE site = ? AND client = ?{clause}", site, ref)
    return None if row is None else Client(*row)


def all_of(unit: Unit, site: str, limit: int | None) -> list[Client]:
    """Return claimants by opaque id, all of them or the first `limit`."""
    statement = f"SELECT {COLUMNS} FROM client WHERE site = ? ORDER BY client" + ("" if limit is None else " LIMIT ?")
    return [Client(*row) for row in unit.rows(statement, site, *(() if limit is None else (limit,)))]


def count(unit: Unit, site: str) -> int:
    """Return how many claimants a site has."""
    row = unit.row("SELECT COUNT(*) FROM client WHERE site = ?", site)
    return 0 if row is None else int(row[0])


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def find(unit: Unit, site: str, wanted: str, limit: int) -> list[Client]:
    """Return claimants whose opaque id, national reference, phone or name begins like `wanted`, best match first.

    A name is found by the beginning of any of its words.
    """
    found: dict[str, Client] = {}

    def add(rows: Sequence[Sequence[str]]) -> None:
        for row in rows:
            found.setdefault(row[0], Client(*row))

    text = f"SELECT {COLUMNS} FROM client WHERE site = ? AND"
    reference, phone, name = reference_key(wanted), phone_key(wanted), name_key(wanted)
    if reference:
        add(unit.rows(f"{text} client LIKE ? ESCAPE '\\' ORDER BY client LIMIT ?", site, _like(reference) + "%", limit))
        add(unit.rows(f"{text} reference_key LIKE ? ESCAPE '\\' ORDER BY client LIMIT ?", site, _like(reference) + "%", limit))
    if len(phone) >= 4:
        add(unit.rows(f"{text} phone_key LIKE ? ESCAPE '\\' ORDER BY client LIMIT ?", site, _like(phone) + "%", limit))
    if name:
        add(unit.rows(f"{text} name_key LIKE ? ESCAPE '\\' ORDER BY name_key, client LIMIT ?", site, _like(name) + "%", limit))
        add(
            unit.rows(
                f"{text} name_key LIKE ? ESCAPE '\\' ORDER BY name_key, client LIMIT ?", site, "% " + _like(name) + "%", limit
            )
        )
    return list(found.values())[:limit]


def names(unit: Unit, site: str, refs: Sequence[str]) -> dict[str, str]:
    """Return the names of claimants by opaque id."""
    out: dict[str, str] = {}
    for first in range(0, len(refs), 500):
        part = refs[first : first + 500]
        marks = ",".join("?" * len(part))
        out.update(
            (row[0], row[1])
            for row in unit.rows(f"SELECT client, name FROM client WHERE site = ? AND client IN ({marks})", site, *part)
        )
    return out


def all_refs(unit: Unit, site: str) -> list[str]:
    """Return the opaque ids of a site's claimants."""
    return [str(row[0]) for row in unit.rows("SELECT client FROM client WHERE site = ? ORDER BY client", site)]


def set_preferred_channel(unit: Unit, site: str, ref: str, channel: str) -> None:
    """Write by which channel a claimant wants to be told."""
    unit.run("UPDATE client SET preferred_channel = ? WHERE site = ? AND client = ?", channel, site, ref)


_ACCESS = "INSERT INTO access (site, id, at, who, client, why)"


def record_access(unit: Unit, rows: Sequence[tuple[str, str, int, str, str, str]]) -> None:
    """Append who looked at which claimants: (site, id, instant in ms UTC, login, opaque id, why)."""
    unit.many(f"{_ACCESS} VALUES (?,?,?,?,?,?)", rows)


def record_access_once(unit: Unit, rows: Sequence[tuple[str, str, int, str, str, str]]) -> None:
    """Append looks as `record_access` does, but for those whose id is there."""
    if unit.postgres:
        unit.many(f"{_ACCESS} VALUES (?,?,?,?,?,?) ON CONFLICT (site, id) DO NOTHING", rows)
        return
    # The trigger that guards the record refuses an id that is there before a conflict clause is looked at. Nobody else writes
    # meanwhile, since the transaction has the write lock.
    once = f"{_ACCESS} SELECT ?,?,?,?,?,? WHERE NOT EXISTS (SELECT 1 FROM access WHERE site = ? AND id = ?)"
    unit.many(once, [(*row, row[0], row[1]) for row in rows])


def looks(
    unit: Unit, site: str, *, client: str | None, who: str | None, span: tuple[int | None, int | None], limit: int | None
) -> tuple[int, list[Look]]:
    """Return how many looks there are, and the latest `limit` of them, the latest first; `span` is in ms UTC, its end outside."""
    clauses, values = ["site = ?"], [site]
    wanted = (("client = ?", client), ("who = ?", who), ("at >= ?", span[0]), ("at < ?", span[1]))
    for clause, value in wanted:
        if value is not None:
            clauses.append(clause)
            values.append(value)  # type: ignore[arg-type]
    where = " AND ".join(clauses)
    row = unit.row(f"SELECT COUNT(*) FROM access WHERE {where}", *values)
    most = () if limit is None else (limit,)
    statement = f"SELECT at, who, client, why FROM access WHERE {where} ORDER BY at DESC, client, why, id"
    found = unit.rows(statement + ("" if limit is None else " LIMIT ?"), *values, *most)
    return 0 if row is None else int(row[0]), [Look(*one) for one in found]
