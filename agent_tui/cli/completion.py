"""completion: scripts by which a shell completes commands and options without starting this program."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Final

import typer

from agent_tui import __version__
from agent_tui.cli.answers import Malformed, answer
from agent_tui.cli.main import COMMON
from agent_tui.cli.session import Session

_EXAMPLE: Final = re.compile(r"[:.]?\s+(echo .*\| )?agent-tui .*", re.S)


@dataclass(frozen=True, slots=True)
class Place:
    """What may follow some words of a command line: commands or the codes of types, and options, each with what it is for."""

    words: tuple[str, ...]
    commands: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str], ...]
    valued: frozenset[str]
    """The options that take a value."""


def places(root: Any) -> list[Place]:
    """Return every place of a tree of commands; the common options stand in each, since they may be typed anywhere."""
    common = {name: words for name, words, _takes in _options(root) if name in COMMON}
    codes, found = _types(), []
    for path, command in _walk(root, ()):
        own = list(_options(command))
        options = {name: words for name, words, _takes in own} | common | {"--help": "Say how it is used"}
        inside = getattr(command, "commands", {})
        commands = tuple((name, purpose(one.help or "")) for name, one in sorted(inside.items()))
        if not commands and _takes_type(command):
            commands = codes
        valued = frozenset(name for name, _words, takes in own if takes)
        found.append(Place(path, commands, tuple(sorted(options.items())), valued))
    return found


def purpose(text: str) -> str:
    """Return what a help text says that something is for, without its example and its full stop."""
    return _EXAMPLE.sub("", " ".join(text.split())).partition(". ")[0].rstrip(".")


def _takes_type(command: Any) -> bool:
    """Return whether the words of a command are codes of types."""
    return any(one.param_type_name == "argument" and (one.help or "").startswith("Type ") for one in command.params)


def _types() -> tuple[tuple[str, str], ...]:
    """Return the codes and names of the types that the program brings with it; a script is made without a store."""
    from agent_tui.domain.type_files import read_types
    from agent_tui.resources import data_file

    return tuple((kind.code, kind.name) for kind in read_types(data_file("types.csv").read_text(encoding="utf-8")).types)


def _walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, one in sorted(getattr(command, "commands", {}).items()):
        yield from _walk(one, (*path, name))


def _options(command: Any) -> Iterator[tuple[str, str, bool]]:
    for one in command.params:
        if one.param_type_name == "option":
            for name in (*one.opts, *one.secondary_opts):
                yield name, purpose(one.help or ""), not one.is_flag


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _valued(all_of_it: list[Place]) -> list[str]:
    """Return the options that take a value wherever they stand."""
    named = {name for one in all_of_it for name, _words in one.options if name in one.valued}
    bare = {name for one in all_of_it for name, _words in one.options if name not in one.valued and name not in COMMON}
    return sorted((named - bare) | {name for name, takes in COMMON.items() if takes})


def _at(place: Place) -> str:
    return _quoted("".join(f" {word}" for word in place.words))


def _names(pairs: tuple[tuple[str, str], ...]) -> str:
    return _quoted(" ".join(name for name, _words in pairs))


def bash(all_of_it: list[Place]) -> str:
    """Return the script for bash."""
    known = " | ".join(_at(place) for place in all_of_it if place.words)
    cases = "\n".join(
        f"        {_at(place)}) commands={_names(place.commands)} options={_names(place.options)} ;;" for place in all_of_it
    )
    return f"""\
# Completes agent-tui {__version__} in bash: agent-tui completion bash >> ~/.bashrc
_agent_tui() {{
    local at='' commands='' options='' skip='' word i
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${{COMP_WORDS[i]}}
        if [[ $skip ]]; then
            skip=''
            continue
        fi
        case $word in
            {" | ".join(_valued(all_of_it))}) skip=1 ;;
        esac
        case "$at $word" in
            {known}) at="$at $word" ;;
        esac
    done
    [[ $skip ]] && return
    case $at in
{cases}
    esac
    word=${{COMP_WORDS[COMP_CWORD]}}
    if [[ $word == -* ]]; then
        commands=$options
    fi
    COMPREPLY=($(compgen -W "$commands" -- "$word"))
}}
complete -o default -F _agent_tui agent-tui
"""


def _described(pairs: tuple[tuple[str, str], ...]) -> str:
    return " ".join(_quoted(f"{name}:{words}") for name, words in pairs)


def zsh(all_of_it: list[Place]) -> str:
    """Return the script for zsh."""
    known = " | ".join(_at(place) for place in all_of_it if place.words)
    cases = "\n".join(
        f"        ({_at(place)}) commands=({_described(place.commands)}) options=({_described(place.options)}) ;;"
        for place in all_of_it
    )
    return f"""\
#compdef agent-tui
# Completes agent-tui {__version__} in zsh: agent-tui completion zsh > a folder of $fpath, as _agent-tui
_agent_tui() {{
    local at='' skip='' word i
    local -a commands options
    for ((i = 2; i < CURRENT; i++)); do
        word=${{words[i]}}
        if [[ -n $skip ]]; then
            skip=''
            continue
        fi
        case $word in
            ({" | ".join(_valued(all_of_it))}) skip=1 ;;
        esac
        case "$at $word" in
            ({known}) at="$at $word" ;;
        esac
    done
    case $at in
{cases}
    esac
    if [[ -z $skip && ${{words[CURRENT]}} == -* ]]; then
        _describe -o option options
    elif [[ -z $skip ]] && ((${{#commands}})); then
        _describe command commands
    else
        _files
    fi
}}
if [[ ${{funcstack[1]}} == _agent-tui ]]; then
    _agent_tui "$@"
elif (( ${{+functions[compdef]}} )); then
    compdef _agent_tui agent-tui
fi
"""


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _fish_lines(pairs: tuple[tuple[str, str], ...]) -> str:
    return " ".join(f"{_fish_quoted(name)}\\t{_fish_quoted(words)}" for name, words in pairs) or "''"


def fish(all_of_it: list[Place]) -> str:
    """Return the script for fish."""
    known = " ".join(_at(place) for place in all_of_it if place.words)
    cases = "\n".join(
        f"        case {_at(place)}\n            set commands {_fish_lines(place.commands)}\n"
        f"            set options {_fish_lines(place.options)}"
        for place in all_of_it
    )
    return f"""\
# Completes agent-tui {__version__} in fish: agent-tui completion fish > ~/.config/fish/completions/agent-tui.fish
function __agent_tui_words
    set -l at ''
    set -l skip ''
    set -l said (commandline -opc)
    set -e said[1]
    for word in $said
        if test -n "$skip"
            set skip ''
            continue
        end
        if contains -- $word {" ".join(_valued(all_of_it))}
            set skip 1
        end
        if contains -- "$at $word" {known}
            set at "$at $word"
        end
    end
    test -n "$skip"; and return
    set -l commands
    set -l options
    switch "$at"
{cases}
    end
    set -l now (commandline -ct)
    if string match -q -- '-*' "$now"
        printf '%s\\n' $options
    else
        string match -v -- '' $commands
    end
end
complete -c agent-tui -f -n 'test (count (__agent_tui_words)) -gt 0' -a '(__agent_tui_words)'
"""


SHELLS: Final[Mapping[str, Callable[[list[Place]], str]]] = MappingProxyType({"bash": bash, "zsh": zsh, "fish": fish})


def completion(context: typer.Context, shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")]) -> None:
    """Print what completes commands and options in a shell: agent-tui completion bash >> ~/.bashrc"""
    session: Session = context.obj
    write = SHELLS.get(shell.strip().lower())
    if write is None:
        raise Malformed(f"Completion is there for {', '.join(SHELLS)}.")
    script = write(places(context.find_root().command))
    answer(session.as_json, {"status": "script", "shell": shell.strip().lower(), "script": script}, script.splitlines())


def register(app: typer.Typer) -> None:
    """Add what completes commands."""
    app.command("completion")(completion)
