"""What a site is asked for: learnt from its own bookings and refusals, and what that does to offers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent_tui.domain.demand import Unmet
from agent_tui.domain.requests import AFTERNOON, MORNING, ClockWindow, Refused, Request
from agent_tui.domain.site_settings import BadSetting
from agent_tui.services import booking, demand
from agent_tui.services.calls import end_call, new_call_id, open_call
from agent_tui.services.finding import search
from tests.services.conftest import House, done, uid, wish
from tests.small_site import DAY, NINE, NOW, ONE


def learnt(house: House, login: str = "leader1", **more: object) -> demand.Demand:
    """Have the demand learnt."""
    found = demand.learn_demand(house.desk(login, **more))  # type: ignore[arg-type]
    assert isinstance(found, demand.Demand), found
    return found


def test_until_it_is_learnt_the_usual_mix_holds(house: House) -> None:
    found = demand.standing(house.desk())
    assert (found.learnt, found.tables, found.stale) == (None, 0, False)
    assert sum(found.weights.values()) == pytest.approx(1)
    # Of the site's types only FC-F2F is in the catalogue's mix; the others count as it does.
    assert len(set(found.weights.values())) == 1


def test_bookings_and_refusals_of_twelve_weeks_are_learnt(house: House) -> None:
    done(booking.book(house.desk(), wish("WSR-PHONE", start=NINE)))
    done(booking.book(house.desk(now=NOW - timedelta(weeks=13)), wish("NJR-F2F", start=ONE, client="C000002")))
    for number, code in enumerate(("FC-F2F", "FC-F2F", "EV-F2F")):
        assert isinstance(demand.record_refusal(house.desk(), Request(code, DAY, DAY), "rang_off", id=uid(number)), Unmet)
    old = house.desk(now=NOW - timedelta(weeks=13))
    assert isinstance(demand.record_refusal(old, Request("FC-F2F", DAY, DAY), "rang_off"), Unmet)
    found = learnt(house)
    assert found.learnt is not None
    assert found.learnt.bookings == {"WSR-PHONE": 1}
    assert found.learnt.refusals == {"FC-F2F": 2, "EV-F2F": 1}
    assert (found.learnt.first_day, found.learnt.last_day) == (NOW.date() - timedelta(weeks=12), NOW.date())
    assert found.tables >= 1
    assert found.weights["FC-F2F"] > found.weights["NJR-F2F"]
    assert house.verbs()[-1] == "demand_learnt"


def test_what_is_stored_is_what_would_be_reckoned(house: House) -> None:
    before = {(one.diary, one.day, one.start): one.loss for one in search(house.desk(), everything()).offers}
    learnt(house)
    after = search(house.desk(), everything()).offers
    assert {(one.diary, one.day, one.start): pytest.approx(one.loss, abs=1e-4) for one in after} == before
    with house.store.read() as unit:
        rules = house.desk().catalogue(unit)
    assert rules.learnt
    fresh = replace(rules, learnt={})
    (area, *_) = rules.areas("D01", DAY)
    for kept, reckoned in zip(rules.value_table(area, DAY).rows, fresh.value_table(area, DAY).rows, strict=True):
        assert kept[: len(reckoned)] == pytest.approx(reckoned, abs=1e-5)


def everything() -> Request:
    """Return a search for every start of a day."""
    return Request("NJR-F2F", DAY, DAY, limit=None, every=True)


def test_a_retry_learns_nothing_again(house: House) -> None:
    first = demand.learn_demand(house.desk("leader1"), id=uid(1))
    lines = len(house.verbs())
    again = demand.learn_demand(house.desk("leader1"), id=uid(1))
    assert isinstance(first, demand.Demand)
    assert isinstance(again, demand.Demand)
    assert (first.repeated, again.repeated) == (False, True)
    assert len(house.verbs()) == lines


@pytest.mark.parametrize("login", ["agent1", "coach1"])
def test_agents_neither_have_it_learnt_nor_change_the_choice(house: House, login: str) -> None:
    assert isinstance(demand.learn_demand(house.desk(login)), Refused)
    refused = demand.change_setting(house.desk(login), "choice", "1")
    assert isinstance(refused, Refused)
    assert refused.code == "role"
    assert house.verbs() == []


def test_it_is_learnt_anew_after_a_week_by_whoever_opens_the_app(house: House) -> None:
    assert not demand.learn_if_stale(house.desk())
    learnt(house)
    assert not demand.learn_if_stale(house.desk(now=NOW + timedelta(days=6)))
    later = house.desk(now=NOW + timedelta(days=7))
    assert demand.standing(later).stale
    assert demand.learn_if_stale(later)
    assert not demand.learn_if_stale(later)
    assert house.verbs().count("demand_learnt") == 2


def test_more_choice_lists_more(house: House) -> None:
    def listed() -> int:
        return search(house.desk(), Request("NJR-F2F", DAY, DAY)).total

    before = listed()
    shown = demand.change_setting(house.desk("leader1"), "Choice", "12", id=uid(3))
    assert isinstance(shown, demand.SettingShown)
    assert (shown.value, shown.is_default) == ("12", False)
    assert listed() > before
    again = demand.change_setting(house.desk("leader1"), "choice", "12", id=uid(3))
    assert isinstance(again, demand.SettingShown)
    assert again.repeated
    (only,) = [one for one in demand.settings_of(house.desk()) if one.setting.name == "choice"]
    assert (only.value, only.is_default) == ("12", False)


@pytest.mark.parametrize("text", ["-1", "-0.01", "12.5", "nan", "inf", "", "a lot", "0,5"])
def test_no_choice_is_below_zero_or_nonsense(house: House, text: str) -> None:
    with pytest.raises(BadSetting, match="no choice"):
        demand.change_setting(house.desk("leader1"), "choice", text)
    with pytest.raises(BadSetting, match="Did you mean choice"):
        demand.change_setting(house.desk("leader1"), "choise", "1")


def test_a_call_without_a_booking_is_demand_and_names_nobody(house: House) -> None:
    call = new_call_id()
    open_call(house.desk(), call, "FC-F2F", {})
    unmet = Unmet.of(Request("FC-F2F", DAY, DAY, window=MORNING, client="C000001"), ("full", "full", "notice"))
    assert end_call(house.desk(), call, "rang_off", unmet=unmet)
    assert not end_call(house.desk(), call, "rang_off", unmet=unmet)
    rows = house.rows("SELECT id, day, type, half, reasons, ending FROM refusal WHERE site = ?")
    assert rows == [(call, NOW.date().isoformat(), "FC-F2F", "am", '["full", "notice"]', "rang_off")]
    assert "C000001" not in str(house.events())


def test_a_booked_call_is_no_refusal(house: House) -> None:
    call = new_call_id()
    open_call(house.desk(), call, "FC-F2F", {})
    assert end_call(house.desk(), call, "booked", unmet=Unmet.of(Request("FC-F2F", DAY, DAY)))
    assert house.rows("SELECT 1 FROM refusal WHERE site = ?") == []


def test_a_refusal_of_an_unknown_type_or_under_a_used_id(house: House) -> None:
    assert isinstance(demand.record_refusal(house.desk(), Request("NOPE", DAY, DAY), "rang_off"), Refused)
    wanted = Request("CC-PHONE", DAY, DAY)
    found = demand.record_refusal(house.desk(), wanted, "rang_off", id=uid(5))
    assert isinstance(found, Unmet)
    assert found.reasons == ("not_assigned",)
    assert demand.record_refusal(house.desk(), wanted, "rang_off", id=uid(5)) == found
    other = demand.record_refusal(house.desk(), wanted, "called_back", id=uid(5))
    assert isinstance(other, Refused)
    assert other.code == "id_reused"


@pytest.mark.parametrize(
    ("window", "half"),
    [
        (None, "any"),
        (MORNING, "am"),
        (AFTERNOON, "pm"),
        (ClockWindow(NINE, ONE, True), "any"),
        (ClockWindow(ONE, ONE + 6, True), "pm"),
    ],
)
def test_a_part_of_the_day_is_a_half_or_any(window: ClockWindow | None, half: str) -> None:
    assert Unmet.of(Request("FC-F2F", DAY, DAY, window=window)).half == half


def test_a_site_is_learnt_by_itself(house: House) -> None:
    learnt(house)
    assert house.rows("SELECT site FROM learnt_demand WHERE site = ?") == [(house.site,)]
