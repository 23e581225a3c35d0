"""Simulation by command: the object, the table, streams that are written and replayed, and what is refused in one sentence."""

import sys
from pathlib import Path

import pytest

from agent_tui.domain.site import DEFAULT_CHOICE
from tests.cli.runner import run, spawn

KEYS = {
    *("policy", "available_minutes", "booked_minutes", "refused", "refused_long", "minutes_from_preferred", "stranded_minutes"),
    *("requests", "requests_long", "cancelled"),
}
SMALL = ("--coaches", "4", "--days", "2")
SITE = """
[simulation]
first_day = 2026-11-30
days = 2
[[diary]]
code = "D1"
[[pattern]]
level = "site"
weekday = "Monday"
from = 2020-01-01
[[pattern.segment]]
start = "09:00"
end = "10:00"
types = ["FC-F2F", "WSR-10-F2F"]
"""
HEADER = "id,asked_at,type,minutes,earliest_day,latest_day,half,strict,preferred_start,own_diary,cancelled_at,rebook_of\n"
ROW = "1,2026-11-20T09:00,FC-F2F,50,2026-11-30,2026-12-01,any,0,09:00,,,\n"


@pytest.fixture
def site(tmp_path: Path) -> str:
    path = tmp_path / "site.toml"
    path.write_text(SITE)
    return str(path)


@pytest.fixture
def stream(tmp_path: Path) -> Path:
    path = tmp_path / "stream.csv"
    path.write_text(HEADER + ROW)
    return path


def refused(*words: str) -> str:
    answer = run("simulate", *words, "--json")
    assert answer.code == 2, answer
    assert answer.object["status"] == "usage"
    assert answer.object["reason"] == answer.err.strip()
    return answer.err.strip()


def test_one_policy_is_one_object_and_the_same_again() -> None:
    words = ("simulate", "--generate", "--seed", "3", "--load", "0.9", *SMALL, "--policy", "grid15-nearest", "--json")
    answer = run(*words)
    assert (answer.code, set(answer.object)) == (0, KEYS)
    assert answer.object["policy"] == "grid15-nearest"
    assert 0 < answer.object["booked_minutes"] < answer.object["available_minutes"]
    assert run(*words).stdout == answer.stdout
    assert spawn(*words).stdout == answer.stdout


def test_several_policies_and_the_bound(capfd: pytest.CaptureFixture[str]) -> None:
    words = ("simulate", "--generate", *SMALL, "--policy", "offered", "--policy", "grid15", "--hindsight")
    shown = run(*words, "--json").object["policies"]
    assert [one["policy"] for one in shown] == ["offered", "grid15"]
    assert all(one["booked_minutes"] <= one["hindsight_minutes"] for one in shown)
    assert {one["requests"] for one in shown} == {shown[0]["requests"]}
    lines = run(*words).out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["policy", "offered", "grid15", "hindsight"]
    assert capfd.readouterr() == ("", "")


def test_a_stream_that_was_written_is_replayed_to_the_same(tmp_path: Path) -> None:
    file = str(tmp_path / "stream.csv")
    made = run("simulate", "--generate", *SMALL, "--save-requests", file, "--json").object
    again = run("simulate", "--requests", file, *SMALL, "--json").object
    assert again == made
    assert "stream.csv cannot be written: File exists." in refused("--generate", *SMALL, "--save-requests", file)


def test_a_site_of_ones_own(site: str, stream: Path) -> None:
    shown = run("simulate", "--site", site, "--requests", str(stream), "--json").object
    assert (shown["available_minutes"], shown["booked_minutes"], shown["refused"], shown["stranded_minutes"]) == (60, 50, 0, 0)
    assert (shown["requests"], shown["requests_long"], shown["minutes_from_preferred"]) == (1, 1, 0.0)


def test_the_simulator_needs_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run("--store", str(tmp_path / "none.db"), "simulate", "--generate", *SMALL, "--policy", "first")
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Say either --requests FILE or --generate."),
        (("--generate", "--requests", "x.csv"), "Say either --requests FILE or --generate."),
        (("--generate", "--policy", "best"), "--policy takes one of offered, offered-nearest, grid15, "),
        (("--generate", "--load", "9"), "--load takes a number from 0.05 to 3.0."),
        (("--generate", "--load", "nan"), "--load takes a number from 0.05 to 3.0."),
        (("--generate", "--days", "0"), "--days takes a whole number from 1 to 200."),
        (("--generate", "--start", "2001-01-01"), "No diary has any open time on these days."),
        (("--requests", "none.csv"), "none.csv cannot be read: No such file or directory."),
        (("--generate", "--site", "none.toml"), "none.toml cannot be read: No such file or directory."),
        (("--generate", "--mix", "/"), "(empty) cannot be read: it is no plain file."),
    ],
)
def test_what_is_malformed_is_one_sentence(words: tuple[str, ...], told: str) -> None:
    assert refused(*words).startswith(told)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "stream.csv: The file is empty."),
        (HEADER.encode(), "stream.csv: Line 1: There are no requests in this file."),
        ((HEADER + ROW + ROW).encode(), "stream.csv: Line 3, id: The id 1 is in line 2 already."),
        ((HEADER + ROW.replace("FC-F2F,50", "FC-F2F,45")).encode(), "stream.csv: Line 2, minutes: FC-F2F takes 50 minutes"),
        ((HEADER + ROW.replace("FC-F2F,50", "DEA-INIT-F2F,60")).encode(), None),
        ((HEADER + ROW).encode() + b"\x00", "stream.csv: There is a NUL byte"),
        ((HEADER + ROW).encode("utf-16"), "stream.csv: This is UTF-16; save it as CSV UTF-8."),
        (HEADER.encode() + b"\xff" + ROW.encode(), "stream.csv: Line 2 is no UTF-8"),
        (HEADER.encode() + b"\x1b[31m" + ROW.encode()[1:], None),
        (b"PK\x03\x04", "stream.csv: This is a zip"),
        ((HEADER + '"' + ROW).encode(), "stream.csv: Line "),
        (HEADER.replace(",", ";").encode(), "stream.csv: Line 1: The cells are not separated by commas"),
    ],
)
def test_a_hostile_stream_is_one_sentence_or_taken(site: str, stream: Path, data: bytes, told: str | None) -> None:
    stream.write_bytes(data)
    answer = run("simulate", "--site", site, "--requests", str(stream), "--json")
    if told is None:
        assert answer.code == 0
    else:
        assert answer.code == 2
        assert answer.err.startswith(told)


def test_an_empty_mix_and_a_type_that_is_too_long(site: str, tmp_path: Path) -> None:
    mix = tmp_path / "mix.csv"
    mix.write_text("code,calls_in_1000\n")
    assert refused("--generate", "--mix", str(mix)) == "mix.csv: Line 1: The mix is empty: no type is asked for."
    mix.write_text("code,calls_in_1000\nWSR-10-F2F,1\nWFI-F2F,1\n")
    assert refused("--generate", "--site", site, "--mix", str(mix)) == "mix.csv: Line 3, code: No segment allows WFI-F2F."
    Path(site).write_text(SITE.replace("10:00", "09:40"))
    told = "FC-F2F takes 50 minutes, and no segment that allows it is longer than 40."
    assert refused("--generate", "--site", site) == told
    stream = tmp_path / "stream.csv"
    stream.write_text(HEADER + ROW)
    assert refused("--site", site, "--requests", str(stream)) == f"stream.csv: Line 2, type: {told}"


def test_without_the_solver_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "highspy", None)
    told = refused("--generate", *SMALL, "--policy", "first", "--hindsight")
    assert told == "The hindsight bound needs the extra study: pip install 'agent-tui[study]'."


def test_the_choice_is_tried_before_it_is_set() -> None:
    def away(*more: str) -> float:
        found = run("simulate", "--generate", *SMALL, "--policy", "offered-nearest", *more, "--json").object
        return float(found["minutes_from_preferred"])

    assert away("--choice", f"{DEFAULT_CHOICE:g}") == away()
    assert away("--choice", "12") < away("--choice", "0")
    refused = run("simulate", "--generate", "--choice", "-0.5")
    assert refused.code == 2
    assert "no choice" in refused.err
