"""Flags: which side gives way, who may do what, what cannot be, in which order they wait."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain import flags as rules
from agent_tui.domain.flags import Flag, cannot_stay, gives_way, in_order, is_urgent, may_not
from agent_tui.domain.requests import PRIORITIES, EntryState
from agent_tui.domain.site_settings import SETTINGS, BadSetting, policy_name, read_setting
from tests.small_site import TYPES

DAY = date(2026, 11, 25)
ENTRY = EntryState(
    "a", "appointment", "booked", "NJR-F2F", "C000001", "D01", DAY, 108, 114, ("D01",), (), "f2f", "standard", None, 1, "x", 1
)
TYPES_BY_CODE = {one.code: one for one in TYPES}


def flag(kind: str = rules.CLIENT_CLASH, **more: object) -> Flag:
    return replace(Flag("f", kind, "open", "agent1", 1), **more)  # type: ignore[arg-type]


def test_every_kind_has_its_words_and_every_way_its_reasons() -> None:
    assert set(rules.SHORT) == set(rules.WHY)
    assert all(len(word) <= 15 for word in rules.SHORT.values())
    assert set(rules.REASONS) == set(rules.RESOLUTIONS)
    assert set(rules.OF_APPOINTMENTS) < set(rules.WHY)


@given(
    st.sampled_from(PRIORITIES),
    st.sampled_from(PRIORITIES),
    st.integers(1, 5),
    st.integers(1, 5),
    st.sampled_from(rules.POLICIES),
)
def test_who_gives_way_does_not_depend_on_which_side_is_named_first(
    one: str, two: str, first: int, second: int, policy: str
) -> None:
    left, right = replace(ENTRY, priority=one, made_at=first), replace(ENTRY, id="b", priority=two, made_at=second)
    found = gives_way(rules.CLIENT_CLASH, policy, left, right)
    assert found == gives_way(rules.CLIENT_CLASH, policy, right, left)
    if policy == rules.URGENCY and one != two:
        assert PRIORITIES.index(found.priority) == min(PRIORITIES.index(one), PRIORITIES.index(two))
    elif first != second:
        assert found.made_at == max(first, second)


def test_a_block_never_gives_way() -> None:
    block = replace(ENTRY, id="b", kind="block", status="blocked", made_at=9)
    assert gives_way(rules.UNDER_BLOCK, "", ENTRY, block) == ENTRY
    assert gives_way(rules.CLIENT_CLASH, rules.FIRST_COME, block, ENTRY) == ENTRY


@pytest.mark.parametrize(
    ("role", "verb", "more", "may"),
    [
        ("agent", "resolve", {}, False),
        ("agent", "resolve", {"delegated": True}, True),
        ("leader", "resolve", {}, False),
        ("supervisor", "resolve", {}, True),
        ("admin", "resolve", {}, True),
        ("coach", "resolve", {}, False),
        ("coach", "resolve", {"own": True}, True),
        ("coach", "escalate", {"own": True}, True),
        ("leader", "assign", {}, True),
        ("leader", "escalate", {}, True),
        ("agent", "assign", {"delegated": True}, False),
        ("agent", "escalate", {}, False),
    ],
)
def test_who_may(role: str, verb: str, more: dict[str, bool], may: bool) -> None:
    text = may_not(role, verb, **more)
    assert (text is None) == may
    assert may or "supervisor" in str(text)


def test_what_has_no_time_cannot_stay_and_what_has_one_is_not_given_it_back() -> None:
    assert cannot_stay(flag(rules.NOT_ALLOWED), rules.KEEP, placed=False)
    assert cannot_stay(flag(rules.NOT_ALLOWED), rules.OVERRIDE, placed=False) is None
    assert cannot_stay(flag(rules.CLIENT_CLASH), rules.OVERRIDE, placed=True)
    assert cannot_stay(flag(rules.NO_CAPACITY), rules.MOVE, placed=True)
    assert cannot_stay(flag(rules.NO_CAPACITY), rules.DISMISS, placed=True) is None


def test_urgent_is_a_payment_an_urgent_claimant_or_a_time_of_today() -> None:
    def urgent(one: Flag, *sides: EntryState, today: str = "2026-11-24") -> bool:
        return is_urgent(one, sides, TYPES_BY_CODE, today)

    assert not urgent(flag(), ENTRY)
    assert urgent(flag(), replace(ENTRY, priority="urgent"))
    assert urgent(flag(), replace(ENTRY, type="FC-F2F"))
    assert urgent(flag(), ENTRY, today="2026-11-25")
    assert not urgent(flag(), replace(ENTRY, priority="urgent"), today="2026-11-26"), "it has passed"
    assert urgent(flag(rules.NO_CAPACITY, type="FC-F2F"))
    assert urgent(flag(rules.HANDOFF_OVERDUE, type="FC-F2F"))
    assert not urgent(flag(rules.HANDOFF_OVERDUE, type="NJR-F2F"))


def test_open_ones_come_first_in_every_order() -> None:
    old, new = flag(id="o", raised_at=1), flag(rules.NO_CAPACITY, id="n", raised_at=5)
    closed = flag(id="c", raised_at=0, status="closed")
    items = [(closed, False, "2026-11-20"), (new, True, ""), (old, False, "2026-11-25 09:00")]
    assert in_order(items, "age") == [2, 1, 0]
    assert in_order(items, "urgency") == [1, 2, 0]
    assert in_order(items, "when") == [2, 1, 0]
    assert in_order(items, "kind") == [2, 1, 0]


def test_each_kind_with_two_sides_has_a_policy_that_may_be_said() -> None:
    for kind in rules.WITH_POLICY:
        assert SETTINGS[policy_name(kind)].default == rules.FIRST_COME
        assert read_setting(policy_name(kind), "Urgency") == (policy_name(kind), rules.URGENCY)
    with pytest.raises(BadSetting, match="Did you mean urgency"):
        read_setting("policy_client_clash", "urgent")
    with pytest.raises(BadSetting, match="Did you mean policy_client_clash"):
        read_setting("policy_client_clsh", "urgency")


@pytest.mark.parametrize(
    ("kind", "id", "words"),
    [
        (rules.DIARY_OFF, "11111111-1111-4111-8111-111111111111", "Raised at nine by what Lea Lowe did."),
        (rules.NO_CAPACITY, "11111111-1111-4111-8111-111111111111", "Raised at nine by what Lea Lowe did."),
        (
            rules.NO_CAPACITY,
            "11111111-1111-5111-8111-111111111111",
            "Raised at nine, when Lea Lowe looked: bookings or time have left it no start.",
        ),
        (
            rules.HANDOFF_OVERDUE,
            "11111111-1111-5111-8111-111111111111",
            "Raised at nine, when Lea Lowe looked: its due day had passed.",
        ),
    ],
)
def test_what_raised_it_is_said_as_it_was(kind: str, id: str, words: str) -> None:
    assert rules.raised_words(flag(kind, id=id), "at nine", "Lea Lowe") == words
