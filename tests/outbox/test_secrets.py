"""Secrets come from the environment or a private file, and nothing that a program says of itself has them in it."""

import copy
import os
import pickle
import traceback
from pathlib import Path

import pytest

from agent_tui.outbox.secrets import VARIABLES, Secret, Secrets, SecretsProblem

VALUE = "s3cret-value"


def private(tmp_path: Path, text: str, mode: int = 0o600) -> Path:
    path = tmp_path / "secrets.toml"
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return path


def problem_of(secrets: Secrets, name: str = "notify_key") -> str:
    with pytest.raises(SecretsProblem) as caught:
        secrets.need(name, "GOV.UK Notify")
    said = str(caught.value) + "".join(traceback.format_exception(caught.value))
    assert VALUE not in said
    return str(caught.value)


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    path = private(tmp_path, f'notify_key = "{VALUE}"\nsmtp_password = "pass word"\n')
    found = Secrets({"AGENT_TUI_NOTIFY_KEY": "other"}, path).need("notify_key", "x")
    assert found.reveal() == "other"
    assert Secrets({"AGENT_TUI_NOTIFY_KEY": ""}, path).need("notify_key", "x").reveal() == VALUE
    assert Secrets({}, path).need("smtp_password", "x").reveal() == "pass word"
    assert Secrets({}, path).get("ticket_token") is None
    assert Secrets({}, tmp_path / "none.toml").get("notify_key") is None
    assert Secrets({}, None).get("notify_key") is None


def test_a_secret_that_is_missing_is_told_with_both_places(tmp_path: Path) -> None:
    said = problem_of(Secrets({}, tmp_path / "secrets.toml"))
    assert "AGENT_TUI_NOTIFY_KEY" in said
    assert str(tmp_path / "secrets.toml") in said


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    said = problem_of(Secrets({}, private(tmp_path, f'notify_key = "{VALUE}"\n', mode)))
    assert "chmod 600" in said


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (f'notify_key = "{VALUE}\n', "line 1"),
        (f"notify_key = {VALUE}\n", "TOML"),
        (f'\n\n[{VALUE} = "x"\n', "line 3"),
        (f'notfy_key = "{VALUE}"\n', "none of notify_key"),
        (f'notify_key = ["{VALUE}"]\n', "text in quotes"),
        ('notify_key = " "\n', "text in quotes"),
        (f'notify_key = "{VALUE}\\nX-Header: 1"\n', "character"),
        (f'notify_key = "{VALUE}é"\n', "character"),
        (f"# {VALUE}" * 20_000, "larger"),
    ],
)
def test_what_is_wrong_in_the_file_is_told_without_what_it_says(tmp_path: Path, text: str, word: str) -> None:
    assert word in problem_of(Secrets({}, private(tmp_path, text)))


def test_what_is_no_ordinary_file_holds_nothing_up(tmp_path: Path) -> None:
    assert "no ordinary file" in problem_of(Secrets({}, tmp_path))
    pipe = tmp_path / "pipe"
    if hasattr(os, "mkfifo"):
        os.mkfifo(pipe, 0o600)
        assert "no ordinary file" in problem_of(Secrets({}, pipe))
    broken = private(tmp_path, "x")
    broken.write_bytes(b"\xff\xfe")
    assert "UTF-8" in problem_of(Secrets({}, broken))


def test_a_bad_variable_is_named_without_its_value() -> None:
    assert "AGENT_TUI_NOTIFY_KEY" in problem_of(Secrets({"AGENT_TUI_NOTIFY_KEY": f"{VALUE}\r\n1"}, None))


def test_a_secret_shows_itself_to_nobody(tmp_path: Path) -> None:
    secret = Secret(VALUE)
    secrets = Secrets({name: VALUE for name in VARIABLES.values()}, tmp_path / "secrets.toml")
    shown = [repr(secret), str(secret), f"{secret} {secret!r} {secret:>20} {[secret]}", repr(secrets)]
    assert not any(VALUE in one for one in shown)
    for write in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            write(secret)
    try:
        raise ValueError(secret, secrets)
    except ValueError as error:
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert not any(VALUE in line for line in told.format())
