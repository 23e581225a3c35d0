"""sandbox: run, kept, listed, shown, applied, dropped; the same columns for what is so already; interrupted it leaves nothing."""

from pathlib import Path
from typing import Any

import pytest

from agent_tui.cli.answers import REFUSED
from agent_tui.cli.running import TROUBLE, USAGE
from agent_tui.domain.sandbox import compared
from tests.cli.runner import Place, run

KEYS = {
    *("status", "repeated", "name", "made_by", "made_at", "source", "seed", "weeks", "from", "to", "changes", "requests"),
    *("today", "draft", "toml", "code", "reason"),
}
COLUMN = {"open_minutes", "booked", "booked_minutes", "refused", "wait_days", "stranded_minutes", "dry", "types"}
CLOSED = """
[[pattern]]
level = "diary"
owner = "D01"
weekday = "Wednesday"
from = 2026-11-25
day_off = true

[[pattern]]
level = "diary"
owner = "D02"
weekday = "Wednesday"
from = 2026-11-25
[[pattern.segment]]
start = "09:00"
end = "12:00"
types = ["FC-F2F"]
"""
ID = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def leader(desk: Place) -> Place:
    return desk.by("leader1")


def test_todays_own_segments_give_the_same_twice(leader: Place, tmp_path: Path) -> None:
    file = tmp_path / "all.toml"
    file.write_text(leader.text("segments", "show"), encoding="utf-8")
    before = leader.dump()
    found = leader.ask("sandbox", "run", str(file), "--generated")
    assert leader.dump() == before
    assert set(found) == KEYS
    assert (found["status"], found["source"], found["weeks"], found["changes"]) == ("tried", "generated", 4, 0)
    assert found["today"] == found["draft"]
    assert set(found["today"]) == COLUMN
    assert found["today"]["booked"] + found["today"]["refused"] == found["requests"]["total"] > 100
    assert leader.ask("sandbox", "run", str(file), "--generated") == found
    assert "same" in leader.text("sandbox", "run", str(file), "--generated")


def test_run_kept_shown_applied_and_dropped(leader: Place) -> None:
    kept = leader.ask("sandbox", "run", "-", "--generated", "--keep", "Wednesdays", "--id", ID, stdin=CLOSED)
    assert set(kept) == KEYS
    assert (kept["status"], kept["name"], kept["made_by"], kept["changes"]) == ("kept", "Wednesdays", "leader1", 2)
    assert kept["draft"]["refused"] > kept["today"]["refused"]
    before = leader.dump()
    again = leader.ask("sandbox", "run", "-", "--generated", "--keep", "Wednesdays", "--id", ID, stdin=CLOSED)
    assert again == kept | {"repeated": True}
    other = ("sandbox", "run", "-", "--generated", "--keep", "Wednesdays", "--seed", "2")
    assert leader.ask(*other, "--id", ID, stdin=CLOSED, code=REFUSED)["code"] == "id_reused"
    assert leader.ask(*other, stdin=CLOSED, code=REFUSED)["code"] == "taken"
    shown = leader.ask("sandbox", "show", "Wednesdays")
    assert shown == kept | {"status": "draft"}
    items = leader.by("super1").ask("sandbox", "list")["items"]
    assert [(one["name"], one["changes"], one["source"]) for one in items] == [("Wednesdays", 2, "generated")]
    look = leader.ask("sandbox", "apply", "Wednesdays", "--dry-run")
    assert (look["status"], look["diaries"]) == ("preview", ["D01", "D02"])
    assert leader.dump() == before
    saved = leader.ask("sandbox", "apply", "Wednesdays", "--id", ID.replace("1", "2"))
    assert (saved["status"], saved["diaries"]) == ("saved", ["D01", "D02"])
    assert leader.ask("sandbox", "apply", "Wednesdays", "--id", ID.replace("1", "2"))["repeated"]
    assert leader.ask("sandbox", "drop", "Wednesdays")["status"] == "dropped"
    assert leader.ask("sandbox", "list")["items"] == []
    assert leader.sound()


def test_what_is_shown_can_be_run_again(leader: Place) -> None:
    leader.ask("sandbox", "run", "-", "--generated", "--keep", "one", stdin=CLOSED)
    first = leader.ask("sandbox", "show", "one")
    again = leader.ask("sandbox", "run", "-", "--generated", stdin=first["toml"])
    assert again["draft"] == first["draft"]


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "sentence"),
    [
        (("run", "-"), CLOSED, REFUSED, "Too little is on record: 0 requests"),
        (("run", "-", "--weeks", "0"), CLOSED, USAGE, "--weeks takes a whole number from 4 to 8."),
        (("run", "-", "--weeks", "99"), CLOSED, USAGE, "--weeks takes a whole number from 4 to 8."),
        (("run", "-"), CLOSED.replace("Wednesday", "Someday", 1), USAGE, "Pattern 1: weekday must be one of"),
        (("run", "-"), CLOSED.replace('end = "12:00"', 'end = "12:02"'), USAGE, "Pattern 2: "),
        (("run", "-"), "nothing = 1", USAGE, "[[pattern]] and assign"),
        (("run", "-", "--generated"), CLOSED.replace("FC-F2F", "XX"), USAGE, "allows unknown types: XX"),
        (("run", "-", "--generated"), CLOSED.replace("2026-11-25", "2026-11-02"), USAGE, "would change days that are past"),
        (("run", "-", "--keep", "a/b"), CLOSED, USAGE, "A draft's name has 1 to 40 letters"),
        (("run", "-", "--keep", "QQ123456A"), CLOSED, USAGE, "no phone number and no national reference"),
        (("run", "missing.toml"), "", USAGE, "missing.toml cannot be read"),
        (("show", "x"), "", REFUSED, "No draft is kept as x; none is kept."),
        (("apply", "x"), "", REFUSED, "No draft is kept as x; none is kept."),
        (("drop", "x"), "", REFUSED, "No draft is kept as x; none is kept."),
    ],
)
def test_what_is_refused_in_a_sentence(leader: Place, arguments: tuple[str, ...], stdin: str, code: int, sentence: str) -> None:
    before = leader.dump()
    found = leader.ask("sandbox", *arguments, stdin=stdin, code=code)
    assert sentence in found["reason"]
    if arguments[0] != "apply":
        assert set(found) == KEYS
    assert leader.dump() == before


def test_other_roles_are_refused_with_every_key(desk: Place) -> None:
    assert set(desk.refuse("sandbox", "run", "-", "--generated", stdin=CLOSED)) == KEYS
    assert desk.refuse("sandbox", "list") == {
        **{"status": "refused", "total": 0, "items": [], "code": "role"},
        "reason": "Segments are tried by a team leader or a supervisor.",
    }
    assert set(desk.ask("sandbox", "list", "--wrong", code=USAGE)) == {"status", "total", "items", "code", "reason"}


def test_interrupted_it_leaves_nothing(leader: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def interrupted(place: Any, draft: Any, today: Any, days: Any, rows: Any, _tell: Any) -> Any:
        def stop(done: int, _whole: int) -> None:
            seen.append(done)
            if len(seen) > 2:
                raise KeyboardInterrupt

        return compared(place, draft, today, days, rows, stop)

    monkeypatch.setattr("agent_tui.services.sandbox.compared", interrupted)
    before = leader.dump()
    answer = run("sandbox", "run", "-", "--generated", "--keep", "one", *leader.options, stdin=CLOSED)
    assert answer.code == TROUBLE
    assert answer.object["code"] == "interrupted"
    assert len(seen) == 3
    assert leader.dump() == before
