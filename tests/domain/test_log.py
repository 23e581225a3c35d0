"""The hash chain: whatever is changed, left out or moved is found."""

import hashlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain.log import GENESIS, canonical, chained, fingerprint

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=8,
)
lines = st.lists(plain, max_size=5).map(tuple)


def chain_of(rows: list[tuple[Any, ...]]) -> list[str]:
    """Return the hash of each line."""
    out, previous = [], GENESIS
    for row in rows:
        previous = chained(previous, row)
        out.append(previous)
    return out


@given(lines)
def test_a_hash_is_sha_256_over_the_hash_before_it_and_the_fields(row: tuple[Any, ...]) -> None:
    text = json.dumps(list(row), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert chained(GENESIS, row) == hashlib.sha256(f"{GENESIS}\n{text}".encode()).hexdigest()


@given(st.lists(lines, min_size=1, max_size=5), st.data())
def test_a_changed_line_changes_its_hash_and_every_later_one(rows: list[tuple[Any, ...]], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    changed = [*rows[:place], (*rows[place], "more"), *rows[place + 1 :]]
    before, after = chain_of(rows), chain_of(changed)
    assert before[:place] == after[:place]
    assert all(one != other for one, other in zip(before[place:], after[place:], strict=True))


def test_a_line_left_out_or_moved_changes_the_last_hash() -> None:
    rows: list[tuple[Any, ...]] = [("a", 1), ("b", 2), ("c", 3)]
    assert len({chain_of(part)[-1] for part in (rows, rows[1:], [rows[0], rows[2]], [rows[1], rows[0], rows[2]])}) == 4


@given(plain)
def test_a_value_is_read_back_from_its_canonical_text(value: Any) -> None:
    assert json.loads(canonical(value)) == value


@given(st.dictionaries(st.text("abc", max_size=3), plain, max_size=4))
def test_the_order_of_keys_does_not_matter(value: dict[str, Any]) -> None:
    backwards = dict(reversed(value.items()))
    assert canonical(backwards) == canonical(value)
    assert fingerprint(backwards) == fingerprint(value)


def test_a_fingerprint_tells_requests_apart_and_keeps_nothing_of_them() -> None:
    one, other = fingerprint(["book", "Sana Khan"]), fingerprint(["hold", "Sana Khan"])
    assert one != other
    assert "Khan" not in one
    assert len(one) == 32
