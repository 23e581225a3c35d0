"""Claimants: personal data in one table, found by folded keys."""

import re
from collections.abc import Iterable, Sequence

from agent_tui.domain.clients import NOBODY, Client, Look, index_words, name_key, phone_key, reference_key, typed_words
from agent_tui.store.unit_of_work import Unit

NO_LONGER_NAMED = f"name_key = '' AND name = '{NOBODY}'"
"""The clause of a claimant whose name and all else was erased; nobody who is added has an empty key."""
COLUMNS = "client, name, phone, reference, email, language, access_needs, COALESCE(preferred_channel, ''), COALESCE(address, '')"
"""What a Client is read from."""
_INSERT = (
    "INSERT INTO client (site, client, name, name_key, phone, phone_key, reference, reference_key, email, language, access_needs,"
    " preferred_channel, address) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
)

_UPDATE = (
    "UPDATE client SET name = ?, name_key = ?, phone = ?, phone_key = ?, reference = ?, reference_key = ?, email = ?,"
    " language = ?, access_needs = ?, preferred_channel = ?, address = ? WHERE site = ? AND client = ?"
)
MOST_WORDS = 12
"""Of more words than these the others are not looked at."""
FEWEST_DIGITS = 4
"""Fewer digits than these are not looked for as a phone number."""
_ID_BEGINS = re.compile(r"C[0-9]{1,9}")
_ID_FROM = (
    f"SELECT {COLUMNS} FROM client WHERE site = ? AND client >= ? AND client <= ? AND client LIKE ? ORDER BY client LIMIT ?"
)
_LAST = "\U0010ffff"
"""What stands behind every continuation of a text, byte by byte."""
_WITHIN = "SELECT client FROM client_word WHERE site = ? AND kind = ? AND word >= ? AND word < ?"
"""A stretch of the index. No query joins it: a planner without statistics would read it once for each of its rows."""


def _values(site: str, one: Client) -> tuple[str | None, ...]:
    return (
        *(site, one.ref, one.name, name_key(one.name), one.phone, phone_key(one.phone)),
        *(one.reference, reference_key(one.reference), one.email, one.language, one.access_needs),
        *(one.preferred_channel or None, one.address or None),
    )


def insert_many(unit: Unit, site: str, clients: Iterable[Client]) -> None:
    """Insert claimants whose opaque ids are new, with what they are found by."""
    made = list(clients)
    unit.many(_INSERT, [_values(site, one) for one in made])
    _index(unit, site, made)


def update_many(unit: Unit, site: str, clients: Iterable[Client]) -> None:
    """Write claimants' details anew, with what they are found by."""
    changed = list(clients)
    unit.many(_UPDATE, [(*_values(site, one)[2:], site, one.ref) for one in changed])
    unit.many("DELETE FROM client_word WHERE site = ? AND client = ?", [(site, one.ref) for one in changed])
    _index(unit, site, changed)


def _index(unit: Unit, site: str, clients: Iterable[Client]) -> None:
    unit.many(
        "INSERT INTO client_word (site, kind, word, client) VALUES (?,?,?,?)",
        [
            (site, kind, word, one.ref)
            for one in clients
            for kind, word in sorted(index_words(name_key(one.name), phone_key(one.phone), reference_key(one.reference)))
        ],
    )


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


def find(unit: Unit, site: str, wanted: str, limit: int) -> list[Client]:
    """Return claimants whose opaque id, national reference, phone or name begins like `wanted`, best match first.

    A name is found by the beginnings of any of its words, in any order; names that begin as a whole like `wanted` come first.
    Those of one kind are in the order of what was found and of the opaque id, those of several words in that of the id.
    """
    found: dict[str, None] = {}

    def begins(kind: str, key: str) -> None:
        if len(found) < limit:
            found.update(dict.fromkeys(_beginning(unit, site, kind, key, limit + len(found))))

    reference, phone, words = reference_key(wanted), phone_key(wanted), typed_words(wanted)
    if _ID_BEGINS.fullmatch(reference):
        rows = unit.rows(_ID_FROM, site, reference, reference + "9" * 9, reference + "%", limit)
        found.update((row[0], None) for row in rows)
    if reference:
        begins("reference", reference)
    if len(phone) >= FEWEST_DIGITS:
        begins("phone", phone)
    if words:
        begins("name", " ".join(words))
    if len(words) == 1:
        begins("word", words[0])
    elif words and len(found) < limit:
        found.update(dict.fromkeys(_having_all(unit, site, words[:MOST_WORDS], limit + len(found))))
    return _in_order(unit, site, list(found)[:limit])


def _beginning(unit: Unit, site: str, kind: str, key: str, most: int) -> list[str]:
    """Return the opaque ids of claimants of whom something of a kind begins with a text, in the order of the index."""
    asked = most
    while True:
        rows = unit.rows(f"{_WITHIN} ORDER BY word, client LIMIT ?", site, kind, key, key + _LAST, asked)
        found = list(dict.fromkeys(str(row[0]) for row in rows))
        if len(rows) < asked or len(found) >= most:
            return found
        asked *= 4  # some claimants have several words that begin so


def _having_all(unit: Unit, site: str, words: Sequence[str], most: int) -> list[str]:
    """Return the opaque ids of claimants of whose names each text begins some word, in their order."""
    values = [value for word in words for value in (site, "word", word, word + _LAST)]
    statement = " INTERSECT ".join([_WITHIN] * len(words))
    return [str(row[0]) for row in unit.rows(f"{statement} ORDER BY client LIMIT ?", *values, most)]


def _in_order(unit: Unit, site: str, refs: Sequence[str]) -> list[Client]:
    """Return claimants by opaque ids, in their order."""
    found: dict[str, Client] = {}
    for first in range(0, len(refs), 500):
        part = refs[first : first + 500]
        statement = f"SELECT {COLUMNS} FROM client WHERE site = ? AND client IN ({','.join('?' * len(part))})"
        found.update((row[0], Client(*row)) for row in unit.rows(statement, site, *part))
    return [found[ref] for ref in refs]


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
