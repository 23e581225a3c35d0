"""Setup: a site of a few lines, by a file or standard input; and no store without a word of what makes one."""

from pathlib import Path

from tests.cli.runner import NOW, Place, run
from tests.domain.test_set_up import LINES


def test_without_a_command_and_a_store_it_says_how_to_make_one() -> None:
    answer = run()
    assert answer.code == 4
    assert "agent-tui demo" in answer.err
    assert "agent-tui setup" in answer.err


def test_lines_make_a_site_that_can_be_booked(tmp_path: Path) -> None:
    place = Place(str(tmp_path / "store.db"), "ann")
    made = place.ask("setup", "-", stdin=LINES)
    assert {key: made[key] for key in ("status", "site", "teams", "diaries", "rooms", "code")} == {
        **{"status": "created", "site": "LPP", "teams": 2, "diaries": 2, "rooms": 2, "code": None}
    }
    assert made["logins"] == ["ann", "super1"]
    assert set(place.refuse("setup", "-", stdin=LINES)) == set(made)
    assert place.by("ben.ode").ask("find", "FC-F2F", "--limit", "1")["status"] == "offers"
    place.sound()


def test_bad_lines_are_one_sentence_and_make_nothing(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    for lines, words in (("site: LPP\n", "Say the site's name."), ("colour: red\n", "Line 1")):
        answer = run("setup", "-", "--store", str(store), "--now", NOW, "--json", stdin=lines)
        assert (answer.code, answer.object["status"]) == (2, "usage")
        assert words in answer.err
    assert not store.exists()
