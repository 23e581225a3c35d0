"""staff: every key on every answer, and what nobody should type."""

import pytest

from tests.cli.runner import Place

LISTED = {"login", "name", "role", "diary", "booker", "enabled"}
CHANGED = {"status", "repeated", "login", "item", "code", "reason"}
ID = "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f"


def test_staff_by_command(desk: Place) -> None:
    admin = desk.by("admin1")
    made = admin.ask("staff", "add", "agent9", "--name", "Neo Nash", "--id", ID)
    assert set(made) == CHANGED
    assert made["item"] == {
        **{"login": "agent9", "name": "Neo Nash", "role": "agent", "diary": None, "booker": "provider agent", "enabled": True}
    }
    assert admin.ask("staff", "add", "agent9", "--name", "Neo Nash", "--id", ID) == made | {"repeated": True}
    assert admin.refuse("staff", "role", "agent9", "leader", "--id", ID)["code"] == "id_reused"
    assert admin.ask("staff", "role", "agent9", "supervisor")["item"]["role"] == "supervisor"
    assert admin.ask("staff", "off", "agent9")["item"]["enabled"] is False
    refused = desk.by("agent9").ask("find", "FC-F2F", code=3)
    assert refused["reason"] == "The login agent9 is switched off; a supervisor or an administrator can switch it on again."
    listed = admin.ask("staff", "list")
    assert all(set(one) == LISTED for one in listed["items"])
    assert [one["login"] for one in listed["items"] if not one["enabled"]] == ["agent9"]
    assert "off" in admin.text("staff", "list")
    assert admin.ask("staff", "on", "agent9")["status"] == "on"
    assert desk.by("agent9").ask("find", "FC-F2F")["status"] == "offers"
    assert {one["verb"] for one in admin.ask("log")["events"]} >= {"staff_added", "role_changed", "login_off", "login_on"}
    desk.sound()


def test_whoever_may_not_is_told_who_can(desk: Place) -> None:
    for login in ("agent1", "leader1"):
        for words in (("list",), ("role", "agent1", "admin"), ("off", "admin1"), ("add", "x", "--name", "X")):
            refused = desk.by(login).ask("staff", *words, code=3)
            assert refused["code"] == "role"
            assert "supervisor" in refused["reason"]
            assert "administrator" in refused["reason"]


def test_the_last_administrator_stays(desk: Place) -> None:
    for words in (("off", "admin1"), ("role", "admin1", "agent")):
        refused = desk.by("admin1").ask("staff", *words, code=3)
        assert refused["reason"] == "admin1 is the site's last administrator, which it keeps."


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("role", "agent1", "agnet"), "did you mean agent?"),
        (("role", "agent1", "[b]x\x1b[2J"), "There is no role [b]x"),
        (("add", "a b", "--name", "X"), "A login has letters, digits"),
        (("off", ""), "A login has letters, digits"),
        (("add", "x", "--name", "X", "--booker", "me"), "--booker is one of"),
        (("off", "agent1", "--id", "x"), "UUID"),
    ],
)
def test_what_is_malformed_is_one_sentence(desk: Place, words: tuple[str, ...], said: str) -> None:
    answer = desk.by("admin1").ask("staff", *words, code=2)
    assert said in answer["reason"]
    assert answer["status"] == "usage"
