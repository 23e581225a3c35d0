"""What a shell completes, in the shells themselves, and what --help says of each command."""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from agent_tui.cli.app import app
from agent_tui.cli.completion import SHELLS, places, purpose
from agent_tui.cli.main import COMMON
from tests.benchmarks.starting import imported
from tests.cli.runner import run

ROOT_COMMAND = get_command(app)
# How each shell is asked what it would complete: the script is $1, the words so far follow.
ASKED = {
    "bash": """
        script=$1; shift; PATH=/nowhere; source "$script"
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _agent_tui; printf '%s\\n' "${COMPREPLY[@]}"
    """,
    "zsh": """
        script=$1; shift; compdef() { : }; _files() { print -- FILES }
        _describe() { print -l -- ${${(P)argv[-1]}%%:*} }
        source $script; words=("$@"); CURRENT=$#; PATH=/nowhere; _agent_tui
    """,
    "fish": "source $argv[1]; complete -C (string join -- ' ' $argv[2..-1]) | string replace -r '\\t.*' ''",
}


def shell_or_skip(name: str) -> str:
    """Return where a shell is."""
    found = shutil.which(name)
    if found is None:
        reason = f"{name} is not here, so what it completes cannot be asked: install it"
        if os.environ.get("AGENT_TUI_REQUIRE_POSTGRES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The scripts of all shells as files."""
    folder = tmp_path_factory.mktemp("scripts")
    found = {name: folder / name for name in SHELLS}
    for name, path in found.items():
        path.write_text(run("completion", name).out, encoding="utf-8")
    return found


def completed(shell: str, script: Path, *words: str) -> set[str]:
    """Return what a shell completes the last word to, by the name of the shell, which must say nothing else."""
    program = shell_or_skip(shell)
    # fish passes what follows a command line on as it is, the others take the first word for the name of the script.
    line = [program, "-c", ASKED[shell], *([] if shell == "fish" else [shell]), str(script), "agent-tui", *words]
    done = subprocess.run(line, capture_output=True, text=True, timeout=30, check=False)
    assert done.stderr == ""
    return {word for word in done.stdout.split() if word.startswith(words[-1])}


CASES = [
    (("fl",), {"flags"}),
    (("flags", "re"), {"reopen", "resolve"}),
    (("--store", "find", "flags", "res"), {"resolve"}),
    (("hold", "FC-F2F", "--first", "--cl"), {"--client", "--claim-date"}),
    (("--json", "find", "FC-F2F", "--sit"), {"--site"}),
    (("type", "key", "FEI-F2F", "--of"), {"--off"}),
    (("serve", "--po"), {"--port"}),
    (("find", "FC-F"), {"FC-F2F"}),
    (("pair", "book", "FC-F2F", "FC-V"), {"FC-VID"}),
]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes_commands_and_options(shell: str, scripts: dict[str, Path]) -> None:
    assert {words: completed(shell, scripts[shell], *words) for words, _ in CASES} == dict(CASES)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_value_of_an_option_is_no_command(shell: str, scripts: dict[str, Path]) -> None:
    assert "flags" not in completed(shell, scripts[shell], "--store", "fl")


def test_every_command_and_option_is_in_every_script(scripts: dict[str, Path]) -> None:
    known = places(ROOT_COMMAND)
    assert len(known) > 100
    for path in scripts.values():
        text = path.read_text(encoding="utf-8")
        for place in known:
            assert "".join(f" {word}" for word in place.words) in text
            assert all(name in text for name, _words in place.options)


def test_printing_a_script_imports_no_store() -> None:
    modules = imported("from agent_tui.cli.main import main; main(['completion', 'bash'])")
    assert "agent_tui.cli.completion" in modules
    assert not [name for name in modules if name.startswith(("sqlalchemy", "agent_tui.store", "agent_tui.services", "textual"))]


def test_another_shell_is_usage() -> None:
    assert "bash, zsh, fish" in run("completion", "tcsh", "--json").object["reason"]


def test_what_a_command_is_for_leaves_its_example_out() -> None:
    assert purpose("List the types: agent-tui types; load others with: agent-tui types load FILE") == "List the types"
    assert purpose('Sign a week off: echo "two more" | agent-tui check sign --week this') == "Sign a week off"
    assert purpose("Who came.  agent-tui report attendance") == "Who came"
    assert purpose("Diary code.") == "Diary code"


def walk(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command and group of the tree with the words that name it."""
    yield path, command
    for name, one in getattr(command, "commands", {}).items():
        yield from walk(one, (*path, name))


TREE = dict(walk(ROOT_COMMAND))


@pytest.mark.parametrize("path", TREE, ids=lambda path: " ".join(path) or "agent-tui")
def test_the_help_of_every_command_has_an_example_that_it_takes(path: tuple[str, ...]) -> None:
    named = " ".join(("agent-tui", *path))
    text = " ".join((TREE[path].help or "").partition("\n\n")[0].split()) + " " + (TREE[path].epilog or "")
    found = re.search(rf"{re.escape(named)}(?= |$|;)([^;|<>]*)", text)
    assert found, text
    command, words = TREE[path], shlex.split(found[0])[1 + len(path) :]
    while words and words[0] in getattr(command, "commands", {}):  # the example of a group is one of its commands
        command = command.commands[words.pop(0)]
    options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | set(COMMON)
    assert {word for word in words if word.startswith("--")} <= options
