"""Every door through which text comes in, read from the program itself, so that a new one cannot be forgotten."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.main import get_command

import agent_tui.tui
from agent_tui.cli.app import app

SCREENS = Path(agent_tui.tui.__file__).parent
BASE = "TextField"


@dataclass(frozen=True, slots=True)
class Door:
    """An argument or an option with a value of a command; `name` is the option as it is typed, or the argument's own name."""

    command: tuple[str, ...]
    name: str
    is_option: bool
    needed: bool


def commands() -> dict[tuple[str, ...], list[Door]]:
    """Return the doors of every command that does something, by the words that name it; () holds the common options."""
    found: dict[tuple[str, ...], list[Door]] = {}
    for path, command in _walk(get_command(app), ()):
        found[path] = [
            Door(
                path, one.opts[-1] if one.param_type_name == "option" else one.name, one.param_type_name == "option", one.required
            )
            for one in command.params
            if not getattr(one, "is_flag", False) and one.name not in ("install_completion", "show_completion")
        ]
    return found


def _walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    inside = getattr(command, "commands", None)
    if inside is None or getattr(command, "invoke_without_command", False):
        yield path, command
    for name, one in (inside or {}).items():
        yield from _walk(one, (*path, name))


@dataclass(frozen=True, slots=True)
class FieldSite:
    """A call in a file under tui/ that makes a field: the line, and the field's name where it stands there as a word."""

    file: str
    line: int
    name: str | None


def field_classes() -> set[str]:
    """Return the names of the classes under tui/ whose fields take text, all of them kinds of TextField."""
    parents = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for _, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    kinds = {BASE}
    while more := {name for name, bases in parents.items() if bases & kinds} - kinds:
        kinds |= more
    return kinds


def foreign_fields() -> list[str]:
    """Return the places under tui/ that take a field of Textual's own, which cleans nothing, for more than TextField's base."""
    found = []
    for file, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                found += [
                    f"{file}: {node.name}"
                    for base in node.bases
                    if getattr(base, "id", "") in ("Input", "TextArea", "MaskedInput")
                ]
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Input", "TextArea", "MaskedInput"):
                found.append(f"{file}:{node.lineno}")
    return found


def fields() -> set[FieldSite]:
    """Return every call under tui/ that makes a field of a screen or of a dialog."""
    makers = field_classes() | {"Field"}
    return {
        FieldSite(file, node.lineno, _name_in(node))
        for file, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in makers
    }


def _name_in(call: ast.Call) -> str | None:
    said = [one.value for one in call.keywords if one.arg == "id"] + (
        call.args[:1] if getattr(call.func, "id", "") == "Field" else []
    )
    return next((one.value for one in said if isinstance(one, ast.Constant) and isinstance(one.value, str)), None)


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SCREENS.rglob("*.py")):
        yield str(path.relative_to(SCREENS)), ast.parse(path.read_text(encoding="utf-8"))
