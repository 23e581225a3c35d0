"""use: every key on every answer, entries by opaque id and initials, and what nobody should type."""

import pytest

from agent_tui.cli.running import REFUSED, USAGE
from tests.cli.runner import Place, run
from tests.hostile.words import WORDS

KEYS = {"status", "from", "to", "team", "diary", "rule", "families"}
FAMILY_KEYS = {"family", "name", "types", "count", "site", "tests", "journey", "coaches", "entries"}


@pytest.fixture
def leader(demo: Place) -> Place:
    return demo.by("leader1")


def test_the_use_of_every_family(leader: Place) -> None:
    found = leader.ask("use")
    assert set(found) == KEYS
    assert (found["status"], found["from"], found["to"]) == ("use", "2026-10-27", "2026-12-22")
    assert {one["family"] for one in found["families"]} >= {"first-commitment", "work-search-review"}
    for one in found["families"]:
        assert set(one) == FAMILY_KEYS
        assert one["entries"] is None
        assert one["count"] == sum(length["count"] for length in one["site"]) == sum(coach["count"] for coach in one["coaches"])


def test_entries_are_those_that_are_counted_and_name_nobody(leader: Place) -> None:
    found = leader.ask("use", "--family", "work-search-review", "--diary", "D01", "--entries")
    (family,) = found["families"]
    (coach,) = family["coaches"]
    assert len(family["entries"]) == coach["count"]
    assert {one["diary"] for one in family["entries"]} == {"D01"}
    listed: dict[str, int] = {}
    for one in family["entries"]:
        listed[one["type"]] = listed.get(one["type"], 0) + 1
        assert one["client"].startswith("C0")
        assert one["name"].isupper()
        assert len(one["name"]) <= 3
    assert listed == {code: count for share in coach["shares"] for code, count in share["types"].items()}
    text = leader.text("use", "--family", "work-search-review", "--diary", "D01", "--entries")
    assert "What the journey calls for: from week 13" in text
    assert text.count("WSR-") == coach["count"]


def test_narrowed_to_a_team_the_site_stays_the_measure(leader: Place) -> None:
    whole, part = (
        leader.ask("use", "--family", "first-commitment"),
        leader.ask("use", "--family", "first-commitment", "--team", "A"),
    )
    assert part["families"][0]["site"] == whole["families"][0]["site"]
    teams = {one["team"] for one in part["families"][0]["coaches"]}
    assert teams == {"A"}


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--family", "xyz"), USAGE, "xyz is no family of types with several lengths"),
        (("--team", "Z"), USAGE, "There is no team Z"),
        (("--diary", "D99"), USAGE, "There is no diary D99"),
        (("--from", "2026-12-02", "--to", "2026-12-01"), USAGE, "is before"),
        (("--from", "yesterday"), USAGE, "is not a day"),
        (("--from", "2026-06-01", "--to", "2026-06-05"), REFUSED, "Nobody is booked for any family of types"),
        (("--family", "work", "--from", "2026-06-01", "--to", "2026-06-05"), REFUSED, "Nobody is booked for Work Search Review"),
    ],
)
def test_what_is_refused_in_a_sentence(leader: Place, arguments: tuple[str, ...], code: int, sentence: str) -> None:
    found = leader.ask("use", *arguments, code=code)
    assert set(found) >= KEYS
    assert sentence in found["reason"]


def test_a_site_without_families_and_other_roles(desk: Place, demo: Place) -> None:
    assert "no two types of one name" in desk.by("leader1").ask("use", code=USAGE)["reason"]
    assert demo.refuse("use")["code"] == "role"
    own = demo.by("coach01").ask("use")
    assert {one["diary"] for family in own["families"] for one in family["coaches"]} == {"D01"}
    assert demo.by("coach01").refuse("use", "--diary", "D02")["code"] == "role"


@pytest.mark.parametrize("word", WORDS)
def test_hostile_words(leader: Place, word: str) -> None:
    for option in ("--family", "--team", "--diary"):
        assert run("use", option, word, *leader.options).code in (0, USAGE, REFUSED)
