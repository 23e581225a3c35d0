"""What is kept of an override that was prepared is what it was, and without the claimant's words; its settings."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain.override import REASONS, Chain, Displaced, is_override, line_reason, may_commit
from agent_tui.domain.override_requests import Hearing, chain_from, chain_record, said_of, wish_from, wish_record
from agent_tui.domain.requests import ClockWindow, EntryState, Offer, Request, Wish
from agent_tui.domain.site import DEFAULT_MOVE_NOTICE, DEFAULT_OVERRIDE_DEPTH
from agent_tui.domain.site_settings import BadSetting, read_setting, with_settings
from agent_tui.domain.whole_acts import is_whole
from tests.domain.worlds import PLACE

DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
CODES = st.text("ABC-123", min_size=1, max_size=6)
TICKS = st.integers(0, 287)
OFFERS = st.builds(
    Offer,
    **{name: CODES for name in ("diary", "coach", "team", "channel")},
    **{"day": DAYS, "start": TICKS, "end": TICKS, "resources": st.lists(CODES, max_size=3).map(tuple), "flush": st.booleans()},
)
ENTRIES = st.builds(
    EntryState,
    **{name: CODES for name in ("id", "kind", "status", "type", "client", "diary", "priority", "made_by")},
    **{name: st.none() | CODES for name in ("channel", "contact", "moving", "reason", "pair")},
    **{"day": DAYS, "start": TICKS, "end": TICKS, "version": TICKS, "made_at": TICKS, "expires_at": st.none()},
    **{name: st.lists(CODES, max_size=3).map(tuple) for name in ("resources", "needs")},
)
STEPS = st.builds(Displaced, ENTRIES, OFFERS, st.integers(1, 2), st.sampled_from([(), ("notice",), ("notice", "payment")]))
CHAINS = st.builds(Chain, OFFERS, st.lists(STEPS, max_size=3).map(tuple), TICKS)


def test_who_is_told_is_said_by_channel_and_a_coach_only_where_today_changes() -> None:
    today = date(2026, 11, 25)

    def step(client: str | None) -> Displaced:
        times = (today, 108, 112)
        entry = EntryState("e", "appointment", "booked", "T", client, "D02", *times, (), (), None, "standard", None, 1, "a", 1)
        return Displaced(entry, Offer("D09", "C", "A", today.replace(day=26), 108, 112, "f2f", (), False), 1)

    offer = Offer("D01", "C", "A", today, 108, 112, "f2f", (), False)
    chain = Chain(offer, tuple(step(one) for one in ("C1", "C2", "C3", None)), 1)
    ways = {"C1": "sms", "C2": "sms", "C3": None}
    assert Hearing(ways).words(chain, today) == "2 claimants by text, 1 to be asked how"
    assert Hearing(ways, frozenset({"D01", "D09"})).words(chain, today).endswith(", 1 coach by a note")
    assert Hearing().words(Chain(offer, (), 1), today) == "nobody"


@given(CHAINS)
def test_a_chain_is_read_as_it_was_written(chain: Chain) -> None:
    again = chain_from(json.loads(json.dumps(chain_record(chain))))
    assert again == chain
    assert again.token == chain.token


@given(DAYS, DAYS, st.none() | st.builds(ClockWindow, TICKS, TICKS, st.booleans()), st.none() | TICKS)
def test_a_wish_is_read_as_it_was_written_and_its_words_are_kept_apart(
    first: date, last: date, window: ClockWindow | None, near: int | None
) -> None:
    search = Request("AAA", first, last, window, near, "D01", "A", "video", ("room",), "C1")
    words = {"priority_reason": "sleeps rough", "access_needs": "loop", "note": "ring first"}
    wish = Wish(
        "AAA", diary="D01", search=search, client="C1", needs=("room",), priority="urgent", claim_date=first, language="cy"
    )
    said = Wish(**{name: getattr(wish, name) for name in wish.__dataclass_fields__} | words)
    record = json.dumps(wish_record(said))
    assert not [word for word in words.values() if word in record]
    assert said_of(said) == words
    assert wish_from(json.loads(record), said_of(said)) == said
    assert wish_from(json.loads(record), {}) == wish


@pytest.mark.parametrize("code", REASONS)
def test_the_lines_of_an_override_are_one_act(code: str) -> None:
    assert is_override(line_reason(code))
    assert is_whole(line_reason(code))
    assert not is_override(code)
    assert not is_override(None)


@pytest.mark.parametrize(
    ("role", "approval", "may"),
    [
        ("supervisor", ("notice", "payment"), True),
        ("leader", (), True),
        ("leader", ("notice",), False),
        ("agent", (), False),
        ("coach", (), False),
        ("admin", (), False),
    ],
)
def test_who_may_carry_a_chain_out(role: str, approval: tuple[str, ...], may: bool) -> None:
    assert may_commit(role, approval) is may


@pytest.mark.parametrize(("name", "text"), [("override-depth", "1"), ("move-notice", "0"), ("move-notice", "0060")])
def test_a_setting_is_read_and_used(name: str, text: str) -> None:
    read, value = read_setting(name, text)
    place = with_settings(PLACE, {read: value})
    assert (place.override_depth, place.move_notice) == (
        int(text) if name == "override-depth" else DEFAULT_OVERRIDE_DEPTH,
        int(text) if name == "move-notice" else DEFAULT_MOVE_NOTICE,
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("override-depth", "3"),
        ("override-depth", "0"),
        ("move-notice", "-1"),
        ("move-notice", "a day"),
        ("move-notice", "0" * 9 + "9" * 30),
    ],
)
def test_what_a_setting_cannot_be_is_refused_in_a_sentence(name: str, text: str) -> None:
    with pytest.raises(BadSetting, match="say "):
        read_setting(name, text)
