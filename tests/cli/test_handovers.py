"""handover, handovers, presence: one object each, and the draft only to whoever takes the hold over."""

from agent_tui.services import presence
from agent_tui.services.desk import open_desk
from tests.cli.runner import DAY, Place, run
from tests.small_site import DAY as DAY_ITSELF
from tests.small_site import NOW


def test_a_hold_is_handed_listed_taken_and_declined(desk: Place) -> None:
    hold = desk.ask("hold", "NJR-F2F", "--client", "C000003", "--day", DAY, "--start", "09:00", "--diary", "D01")["id"]
    given = desk.ask("handover", hold, "--to", "agent2", "--details", "-", stdin="note: rings from a shelter\n")
    assert (given["status"], given["made_by"]) == ("handed_over", "agent1")
    assert [one["status"] for one in desk.ask("handovers")["items"]] == ["offered"]
    bob = desk.by("agent2")
    listed = bob.ask("handovers")
    assert (listed["total"], listed["items"][0]["status"], listed["items"][0]["id"]) == (1, "waiting", hold)
    assert "shelter" not in str(listed)
    assert bob.ask("handovers", "decline", hold)["status"] == "declined"
    assert [one["status"] for one in desk.ask("handovers")["items"]] == ["returned"]
    desk.ask("handover", hold, "--to", "agent2", "--details", "-", stdin="note: rings from a shelter\n")
    taken = bob.ask("handovers", "take", hold)
    assert (taken["status"], taken["made_by"], taken["draft"]["note"]) == ("taken", "agent2", "rings from a shelter")
    assert bob.ask("confirm", hold)["status"] == "confirmed"


def test_what_is_said_goes_along_and_what_is_not_understood_is_refused(desk: Place) -> None:
    hold = desk.ask("hold", "NJR-F2F", "--day", DAY, "--start", "09:00", "--diary", "D01")["id"]
    to_bob = ("handover", hold, "--to", "agent2")
    stranger = run(*desk.options, *to_bob, "--details", "-", check=False, stdin="note: rings back\nSana Khan: shelter\n")
    assert stranger.code == 2
    assert "Line 2 of standard input" in stranger.err
    assert "Sana" not in stranger.err + stranger.out
    for said, most in (("note: " + "x" * 1001, "1,000"), ("access needs: " + "x" * 301, "300")):
        long = run(*desk.options, *to_bob, "--details", "-", check=False, stdin=said)
        assert long.code == 2
        assert f"at most {most} go along with a hold, and nothing was handed over" in long.err
    assert desk.ask("handovers")["items"] == []
    desk.ask(*to_bob, "--details", "-", stdin="Access needs: ramp\nnote: rings back\n")
    bob = desk.by("agent2")
    bob.ask("handovers", "decline", hold)
    desk.ask(*to_bob, "--details", "-", stdin="note: rings at noon\n")
    bob.ask("handovers", "decline", hold)
    desk.ask(*to_bob)
    draft = bob.ask("handovers", "take", hold)["draft"]
    assert (draft["access"], draft["note"]) == ("ramp", "rings at noon")


def test_refusals_have_every_key(desk: Place) -> None:
    hold = desk.ask("hold", "NJR-F2F", "--day", DAY, "--start", "09:00", "--diary", "D01")["id"]
    assert desk.refuse("handover", hold, "--to", "coach1")["code"] == "role"
    refused = desk.by("agent2").refuse("handovers", "take", hold)
    assert refused["code"] == "unknown_entry"
    assert (refused["draft"], refused["call"]) == ({}, None)
    assert desk.by("agent2").refuse("handovers", "decline", hold)["code"] == "unknown_entry"


def test_presence_lists_who_shows_a_day(desk: Place) -> None:
    assert desk.ask("presence")["items"] == []
    leader = open_desk(desk.store, "leader1", NOW)
    presence.show(leader, "t1", DAY_ITSELF, DAY_ITSELF)
    leader.store.close()
    assert desk.ask("presence", DAY)["items"] == [{"login": "leader1", "name": "Lea Lowe", "from": DAY, "to": DAY}]
    assert desk.ask("presence", "2026-12-01")["items"] == []
