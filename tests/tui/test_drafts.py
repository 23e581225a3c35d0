"""Drafts come back whole, stay their owner's, and no file in their folder can stop the desk."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_tui.settings import state_dir
from agent_tui.tui.drafts import LARGEST, Drafts

posix = pytest.mark.skipif(os.name != "posix", reason="file modes and pipes of POSIX")


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    return Drafts("agent1", tmp_path / "drafts")


def folder_of(tmp_path: Path) -> Path:
    (folder,) = (tmp_path / "drafts").iterdir()
    return folder


def test_a_draft_comes_back(drafts: Drafts) -> None:
    assert drafts.save("call-1", {"type": "FC-F2F", "notes": "line one\nline two"}) is None
    (draft,) = drafts.load_all().drafts
    assert (draft.id, draft.fields) == ("call-1", {"type": "FC-F2F", "notes": "line one\nline two"})


def test_saving_again_replaces(drafts: Drafts, tmp_path: Path) -> None:
    drafts.save("call-1", {"type": "FC-F2F"})
    drafts.save("call-1", {"type": "WSR-10"})
    assert [draft.fields for draft in drafts.load_all().drafts] == [{"type": "WSR-10"}]
    assert [path.name for path in folder_of(tmp_path).iterdir()] == ["call-1.json"]


def test_the_oldest_comes_first(drafts: Drafts, tmp_path: Path) -> None:
    for name, moment in (("b", 300), ("a", 200), ("c", 100)):
        drafts.save(name, {})
        os.utime(folder_of(tmp_path) / f"{name}.json", (moment, moment))
    assert [draft.id for draft in drafts.load_all().drafts] == ["c", "a", "b"]


def test_a_discarded_draft_is_gone_and_may_go_twice(drafts: Drafts) -> None:
    drafts.save("call-1", {})
    drafts.discard("call-1")
    drafts.discard("call-1")
    assert drafts.load_all().drafts == ()


def test_old_files_go_with_whatever_a_crash_left(drafts: Drafts, tmp_path: Path) -> None:
    drafts.save("old", {})
    drafts.save("new", {})
    folder = folder_of(tmp_path)
    (folder / "old.0.tmp").write_text("half")
    (folder / "older.bad").write_text("bad")
    for name in ("old.json", "old.0.tmp", "older.bad"):
        os.utime(folder / name, (100, 100))
    assert drafts.discard_before(200) == 3
    assert [path.name for path in folder.iterdir()] == ["new.json"]


@pytest.mark.parametrize("other", ["agent2", "Agent1", "agent1 ", "agent/1", "../agent1", ""])
def test_another_login_sees_nothing(drafts: Drafts, tmp_path: Path, other: str) -> None:
    drafts.save("call-1", {})
    theirs = Drafts(other, tmp_path / "drafts")
    assert theirs.load_all().drafts == ()
    assert theirs.save("call-2", {}) is None
    assert [draft.id for draft in drafts.load_all().drafts] == ["call-1"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["drafts", "home"]


@posix
def test_only_the_owner_can_read(drafts: Drafts, tmp_path: Path) -> None:
    (tmp_path / "drafts").mkdir(mode=0o755)
    drafts.save("call-1", {"client": "C000123"})
    folder = folder_of(tmp_path)
    assert stat.S_IMODE((tmp_path / "drafts").stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "call-1.json").stat().st_mode) == 0o600


def test_the_usual_place_is_the_state_folder() -> None:
    assert Drafts("agent1").save("call-1", {}) is None
    assert list(state_dir().glob("drafts/agent1-*/call-1.json"))


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\\b", "-x", "x.json", "x\0", "é", "x" * 65])
def test_an_id_that_could_leave_the_folder_is_refused(drafts: Drafts, name: str) -> None:
    with pytest.raises(ValueError, match="at most 64"):
        drafts.save(name, {})
    with pytest.raises(ValueError, match="at most 64"):
        drafts.discard(name)


def test_a_draft_that_is_too_large_is_refused_and_the_one_before_stays(drafts: Drafts) -> None:
    drafts.save("call-1", {"notes": "short"})
    sentence = drafts.save("call-1", {"notes": "x" * LARGEST})
    assert sentence is not None
    assert str(LARGEST) in sentence
    assert drafts.load_all().drafts[0].fields == {"notes": "short"}


BAD_FILES = {
    "empty": b"",
    "half": b'{"id": "half", "fie',
    "binary": b"\xff\xfe\x00\x01",
    "list": b"[]",
    "no-fields": b'{"id": "no-fields"}',
    "other-name": b'{"id": "somebody", "fields": {}}',
    "numbers": b'{"id": "numbers", "fields": {"a": 1}}',
    "deep": b"[" * 100_000,
    "huge": b'{"id": "huge", "fields": {"a": "' + b"x" * LARGEST + b'"}}',
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_set_aside(drafts: Drafts, tmp_path: Path, name: str) -> None:
    drafts.save("good", {"type": "FC-F2F"})
    folder = folder_of(tmp_path)
    (folder / f"{name}.json").write_bytes(BAD_FILES[name])
    found = drafts.load_all()
    assert [draft.id for draft in found.drafts] == ["good"]
    assert found.set_aside == (f"{name}.json",)
    assert (folder / f"{name}.bad").read_bytes() == BAD_FILES[name]
    assert drafts.load_all().set_aside == ()


@posix
@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
def test_what_is_not_a_file_is_set_aside(drafts: Drafts, tmp_path: Path, kind: str) -> None:
    drafts.save("good", {})
    path = folder_of(tmp_path) / "odd.json"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to("good.json")
    else:
        path.mkdir()
    found = drafts.load_all()
    assert [draft.id for draft in found.drafts] == ["good"]
    assert found.set_aside == ("odd.json",)


def test_no_folder_is_no_draft(drafts: Drafts) -> None:
    assert drafts.load_all().drafts == ()
    assert drafts.discard_before(1e12) == 0


def test_a_disk_that_refuses_gives_a_sentence_and_leaves_no_part(
    drafts: Drafts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts.save("call-1", {"type": "FC-F2F"})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert drafts.save("call-1", {"type": "WSR-10"}) == "The draft is not kept: No space left on device."
    assert drafts.load_all().drafts[0].fields == {"type": "FC-F2F"}
    assert [path.name for path in folder_of(tmp_path).iterdir()] == ["call-1.json"]


def test_a_folder_that_is_a_file_gives_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "drafts").write_text("in the way")
    sentence = Drafts("agent1", tmp_path / "drafts").save("call-1", {})
    assert sentence is not None
    assert sentence.startswith("The draft is not kept: ")


@given(st.dictionaries(st.text(), st.text(st.characters(exclude_categories=[]))))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back(drafts: Drafts, fields: dict[str, str]) -> None:
    assert drafts.save("call-1", fields) is None
    assert drafts.load_all().drafts[0].fields == fields


@posix
def test_a_killed_process_leaves_a_whole_draft(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from agent_tui.tui.drafts import Drafts\n"
        "drafts = Drafts('agent1', Path(sys.argv[1]))\n"
        "number = 0\n"
        "while True:\n"
        "    drafts.save('call-1', {'first': str(number), 'notes': 'x' * 50_000, 'last': str(number)})\n"
        "    print(number, flush=True)\n"
        "    number += 1\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "drafts")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        written = [process.stdout.readline() for _ in range(5)]
        process.kill()
    found = Drafts("agent1", tmp_path / "drafts").load_all()
    (draft,) = found.drafts
    assert found.set_aside == ()
    assert draft.fields["first"] == draft.fields["last"]
    assert int(draft.fields["first"]) >= int(written[-1])


def test_the_file_is_plain_json(drafts: Drafts, tmp_path: Path) -> None:
    drafts.save("call-1", {"who": "Zoë"})
    content = json.loads((folder_of(tmp_path) / "call-1.json").read_text("ascii"))
    assert content == {"id": "call-1", "fields": {"who": "Zoë"}}


def test_the_module_needs_no_textual() -> None:
    code = "import sys, agent_tui.tui.drafts; sys.exit(any(name.split('.')[0] == 'textual' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
