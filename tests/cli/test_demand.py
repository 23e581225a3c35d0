"""The commands about demand and settings."""

import pytest

from agent_tui.domain.site import DEFAULT_CHOICE
from tests.cli.runner import Place, run


def test_demand_is_shown_learnt_and_shown_again(desk: Place) -> None:
    before = desk.ask("demand", "show")
    assert (before["status"], before["source"], before["bookings"], before["stale"]) == ("demand", "usual mix", None, False)
    assert sum(before["shares"].values()) == pytest.approx(1, abs=0.01)
    desk.ask("demand", "refused", "fc-f2f", "--time", "pm")
    done = desk.by("leader1").ask("demand", "learn")
    assert (done["status"], done["source"], done["refusals"]) == ("learnt", "learnt", 1)
    after = desk.ask("demand", "show")
    assert (after["source"], after["refusals"], after["tables"]) == ("learnt", 1, done["tables"])


def test_a_refusal_says_what_stood_in_the_way(desk: Place) -> None:
    shown = desk.ask("demand", "refused", "CC-PHONE", "--time", "am", "--ended", "called_back")
    assert (shown["status"], shown["type"], shown["half"], shown["ended"]) == ("recorded", "CC-PHONE", "am", "called_back")
    assert shown["reasons"] == ["not_assigned"]
    desk.ask("demand", "refused", "NOPE", code=3)
    desk.ask("demand", "refused", "FC-F2F", "--ended", "booked", code=2)


def test_the_choice_of_the_claimant_is_a_setting(desk: Place) -> None:
    (shown,) = [one for one in desk.ask("setting", "list")["items"] if one["name"] == "choice"]
    assert (shown["name"], shown["value"], shown["default"]) == ("choice", f"{DEFAULT_CHOICE:g}", f"{DEFAULT_CHOICE:g}")
    saved = desk.by("leader1").ask("setting", "set", "choice", "2")
    assert (saved["status"], saved["value"]) == ("saved", "2")
    assert desk.ask("find", "FC-F2F")["starts"] >= desk.ask("find", "FC-F2F")["total"]
    assert desk.ask("setting", "set", "choice", "2", code=3)["code"] == "role"


BAD = [("choice", "-1"), ("choice", "-0.5"), ("choice", "much"), ("choise", "1"), ("x", "1")]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_setting_that_cannot_be_is_one_sentence(desk: Place, name: str, value: str) -> None:
    leader = desk.by("leader1")
    refused = run("setting", "set", name, value, *leader.options[:-1])
    assert refused.code == 2
    assert refused.err.count("\n") == 1
    assert "Traceback" not in refused.err
    assert desk.ask("setting", "list")["items"][0]["value"] == f"{DEFAULT_CHOICE:g}"
