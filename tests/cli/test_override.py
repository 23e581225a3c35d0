"""override preview, commit, prepare, decide, list and undo, as a script sees them."""

import pytest

from tests.cli.runner import DAY, Place, run

UID = "00000000-0000-4000-8000-0000000000bb"
ASKED = ("NJR-F2F", "--client", "C000009", "--priority", "urgent", "--from", DAY, "--to", DAY)
KEYS = {
    *("status", "repeated", "override", "id", "type", "client", "diary", "coach", "day", "start", "end", "say"),
    *("reason_code", "moves", "told", "instead", "alternatives", "code", "reason"),
}


@pytest.fixture
def crowded(desk: Place) -> Place:
    """A supervisor's day on which one review stands where an urgent one could."""
    boss = desk.by("super1")
    for diary in ("D02", "D03", "D04"):
        boss.ask("block", diary, "--day", DAY, "--start", "09:00", "--end", "17:00", "--reason", "training")
    for start, end in (("09:00", "13:00"), ("13:30", "17:00")):
        boss.ask("block", "D01", "--day", DAY, "--start", start, "--end", end, "--reason", "training")
    boss.ask("book", "NJR-F2F", "--client", "C000001", "--day", DAY, "--start", "13:00", "--diary", "D01")
    return boss


def test_a_preview_shows_chains_and_writes_nothing(crowded: Place) -> None:
    before = crowded.dump()
    shown = crowded.ask("override", "preview", *ASKED)
    assert set(shown) == {
        *("status", "type", "client", "priority", "from", "to", "free", "chains", "alternatives", "code", "reason"),
    }
    (chain,) = shown["chains"]
    hears = {"told", "told_by", "coaches_told"}
    assert set(chain) == {"plan", "to", "displaces", "approval", "days_lost", "diaries", "may_commit", *hears}
    assert (chain["told_by"], chain["coaches_told"]) == ({"asking": 1}, 0)
    assert chain["to"] == {"diary": "D01", "day": DAY, "start": "13:00", "end": "13:30", "coach": "Coach 1"}
    (step,) = chain["displaces"]
    assert (step["client"], step["priority"], step["depth"], step["days_lost"], step["approval"]) == (
        *("C000001", "standard", 1, 1),
        [],
    )
    assert (chain["approval"], chain["may_commit"], chain["told"]) == ([], True, 1)
    assert crowded.by("agent1").ask("override", "preview", *ASKED)["chains"][0]["may_commit"] is False
    assert crowded.dump() == before
    text = crowded.text("override", "preview", *ASKED)
    assert f"plan {chain['plan']}: Wed 25 Nov 2026 13:00-13:30 D01 Coach 1" in text
    assert "displaces NJR-F2F C000001 Wed 25 Nov 2026 13:00 D01, standard, to Thu 26 Nov 2026" in text
    assert crowded.refuse("override", "preview", *ASKED[:3], "--priority", "standard")["code"] == "not_possible"
    free = crowded.refuse("override", "preview", "NJR-F2F", "--client", "C000009")
    assert free["reason"].startswith("There are free starts: book one.")
    assert free["alternatives"]


def test_a_chain_is_committed_repeated_and_undone(crowded: Place) -> None:
    plan = crowded.ask("override", "preview", *ASKED)["chains"][0]["plan"]
    words = ("override", "commit", *ASKED, "--plan", plan, "--reason", "legal_deadline", "--id", UID)
    made = crowded.ask(*words)
    assert set(made) == KEYS
    assert (made["status"], made["id"], made["start"], made["reason_code"]) == ("overridden", UID, "13:00", "legal_deadline")
    assert [one["client"] for one in made["moves"]] == ["C000001"]
    assert crowded.ask(*words) == made | {"repeated": True}
    other = (*words[:-3], "other", "--id", UID)
    assert crowded.refuse(*other)["code"] == "id_reused"
    assert crowded.ask("override", "undo")["status"] == "undone"
    again = crowded.ask("override", "preview", *ASKED)["chains"][0]["plan"]
    assert again != plan
    stale = crowded.refuse("override", "commit", *ASKED, "--plan", plan, "--reason", "other")
    assert (set(stale), stale["code"], stale["instead"][0]["plan"]) == (KEYS, "stale_version", again)
    crowded.sound()


def test_an_agent_prepares_and_a_supervisor_decides(crowded: Place) -> None:
    agent = crowded.by("agent1")
    plan = agent.ask("override", "preview", *ASKED)["chains"][0]["plan"]
    assert agent.refuse("override", "commit", *ASKED, "--plan", plan, "--reason", "other")["code"] == "role"
    made = agent.ask("override", "prepare", *ASKED, "--plan", plan, "--reason", "other", "--id", UID)
    assert (set(made), made["status"], made["override"]["id"]) == (KEYS, "prepared", UID)
    (item,) = crowded.ask("override", "list")["items"]
    assert (item["id"], item["status"], item["priority"], item["prepared_by"]) == (UID, "open", "urgent", "agent1")
    assert item["chain"]["plan"] == plan
    assert agent.refuse("override", "decide", UID, "--as", "approve")["code"] == "role"
    done = crowded.ask("override", "decide", UID, "--as", "approve")
    assert (set(done), done["status"], done["start"], done["override"]["entry"]) == (KEYS, "approved", "13:00", done["id"])
    assert crowded.ask("override", "list")["items"] == []
    (kept,) = crowded.ask("override", "list", "--all")["items"]
    assert (kept["status"], kept["decided_by"]) == ("approved", "super1")
    assert crowded.refuse("override", "decide", UID, "--as", "decline")["code"] == "stale_version"
    crowded.sound()


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("preview", *ASKED[:3], "--priority", "urgnt"), "urgent"),
        (("commit", *ASKED, "--plan", "x", "--reason", "safe"), "safeguarding"),
        (("decide", UID, "--as", "aprove"), "approve"),
        (("decide", "7", "--as", "approve"), "UUID"),
    ],
)
def test_a_word_that_is_none_is_refused_with_those_that_there_are(desk: Place, words: tuple[str, ...], part: str) -> None:
    answer = run(*desk.by("super1").options, "override", *words)
    assert answer.code == 2, answer
    assert part in str(answer.object["reason"])
