"""The pages that are made from the code: `python -m tests.pages` writes them, a test compares."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from agent_tui.cli.app import app
from agent_tui.settings import ABOUT, VARIABLES
from agent_tui.tui.commands import key_table_markdown

# Where the example of a command's help begins: after a colon, in the reports' after a full stop.
EXAMPLE = re.compile(r"(?:: |\. )(?=(?:echo .* \| )?agent-tui )")
ROOT = Path(__file__).parent.parent
HELP = ROOT / "data" / "help"
MADE = "This page is made from the code: `python -m tests.pages` writes it anew."
# What the command line calls otherwise than the file of settings.
OPTIONS = {"store": "--store", "login": "--as", "site": "--site", "now": "--now", "heads": "--heads"}


def cell(text: str) -> str:
    """Return a text as a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command that can be run, with its words, as the help lists them."""
    inside = getattr(command, "commands", None)
    if inside is None or (words and getattr(command, "invoke_without_command", False)):
        yield words, command
    for name, one in (inside or {}).items():
        if not getattr(one, "hidden", False):
            yield from commands(one, (*words, name))


def parts(command: Any) -> Iterator[tuple[str, str]]:
    """Yield each argument and option of a command as it is written, with its help."""
    for part in command.params:
        if part.name == "help" or getattr(part, "hidden", False):
            continue
        if part.param_type_name == "argument":
            name = (part.metavar or part.name.upper()).replace("{", "").replace("}", "")
            yield f"`{name}`", f"{part.help or ''}{'' if part.required else ' May be left out.'}"
            continue
        value = "" if part.is_flag else " VALUE"
        yield f"`{', '.join(part.opts)}{value}`", part.help or ""


def command_page() -> str:
    """Return the reference of all commands."""
    lines = ["# Every command", "", MADE, ""]
    lines += ["These options stand anywhere on a line of any command:", "", "| Option | Meaning |", "|---|---|"]
    tree = get_command(app)
    lines += [f"| {name} | {cell(words)} |" for name, words in parts(tree) if "completion" not in name]
    for words, command in commands(tree):
        said, _, more = (command.help or "").strip().partition("\n\n")
        sentence, example, *_ = [*EXAMPLE.split(" ".join(said.split()), maxsplit=1), ""]
        rest = f" {' '.join(more.split())}" if more else ""
        lines += ["", f"## {' '.join(words)}", "", f"{sentence.rstrip('.')}.{rest}"]
        lines += ["", f"Such as `{example}`."] if example else []
        rows = [f"| {name} | {cell(meaning)} |" for name, meaning in parts(command)]
        lines += ["", "| Part | Meaning |", "|---|---|", *rows] if rows else []
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    """Return the table of settings."""
    variables = {name: variable for variable, name in VARIABLES.items()}
    lines = [
        *("# Settings", "", MADE, ""),
        "What the command line says counts before the environment, this before the file `settings.toml` in the folder of",
        "settings (`~/.config/agent-tui` on Linux), and this before what holds without it. A name that is no setting is",
        "refused with the nearest one and its line.",
        *("", "| In the file | Variable | Option | Values | Without it | Meaning |", "|---|---|---|---|---|---|"),
    ]
    for name, (values, usual, meaning) in ABOUT.items():
        variable, option = (f"`{one}`" if one else "" for one in (variables.get(name), OPTIONS.get(name)))
        lines.append(f"| `{name}` | {variable} | {option} | {cell(values)} | {cell(usual)} | {cell(meaning)} |")
    return "\n".join(lines) + "\n"


def key_page() -> str:
    """Return the table of keys."""
    lines = [
        *("# Every key", "", MADE, ""),
        "Letters act only where no text is typed; every command has an F key or a ctrl key too. Your own keys go into",
        "the file of settings by the ids in the last column ([keys, layout and the mouse](comfort.md)).",
        *("", key_table_markdown()),
    ]
    return "\n".join(lines)


PAGES = {"commands.md": command_page, "keys.md": key_page, "settings.md": settings_page}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (HELP / name).write_text(page(), encoding="utf-8")
        sys.stdout.write(f"{HELP / name}\n")


if __name__ == "__main__":
    main()
