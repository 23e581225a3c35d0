"""Running a command: its exit code, and every failure as one sentence (and one JSON object where that was asked)."""

import json
import sys
import traceback
from collections.abc import Sequence
from typing import Any

from typer import Abort, Exit
from typer.exceptions import TyperException
from typer.main import get_command

from agent_tui.cli.answers import CommandEnd, Malformed, outcome_object, problem_object
from agent_tui.domain.cleaning import clean_for_display
from agent_tui.domain.requests import Refused

DONE, USAGE, REFUSED, TROUBLE = 0, 2, 3, 4


def run(arguments: Sequence[str]) -> int:
    """Run a command whose common options stand first and return its exit code."""
    from agent_tui.cli.app import app

    as_json = "--json" in arguments
    try:
        result = get_command(app).main(args=list(arguments), prog_name="agent-tui", standalone_mode=False)
        return result if isinstance(result, int) else DONE
    except CommandEnd as end:
        return end.code
    except Malformed as malformed:
        return fail(as_json, USAGE, "usage", str(malformed))
    except Exit as stop:
        return stop.exit_code
    except TyperException as error:
        return fail(as_json, USAGE, "usage", _one_line(_words(error)))
    except (Abort, KeyboardInterrupt):
        return fail(
            as_json, TROUBLE, "interrupted", "Interrupted; an act that was not answered may be repeated with the same --id."
        )
    except BrokenPipeError:
        _close_quietly()
        return DONE
    except Exception as error:
        return _known_trouble(as_json, error)


def _known_trouble(as_json: bool, error: Exception) -> int:
    from agent_tui.services.trouble import DeskRefused, StoreTrouble
    from agent_tui.settings import SettingsError

    if isinstance(error, SettingsError):
        return fail(as_json, USAGE, "usage", str(error))
    if isinstance(error, DeskRefused):
        return fail(as_json, REFUSED, error.code, str(error), status="refused")
    if isinstance(error, StoreTrouble):
        return fail(as_json, TROUBLE, "store_trouble", str(error))
    place = _write_down(error)
    return fail(
        as_json,
        TROUBLE,
        "internal",
        f"agent-tui failed inside ({type(error).__name__}); where it happened is written in {place}.",
    )


def _write_down(error: Exception) -> str:
    """Write where an unexpected error happened (no values, no messages: they may hold personal data) and return the file."""
    from agent_tui.settings import make_private, state_dir

    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    try:
        path = make_private(state_dir()) / "errors.log"
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{type(error).__name__}\n  " + "\n  ".join(lines) + "\n")
    except OSError:
        return "no file, since the state folder cannot be written"
    return str(path)


def _words(error: TyperException) -> str:
    formatted = getattr(error, "format_message", None)
    return str(formatted() if callable(formatted) else error)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def fail(as_json: bool, code: int, word: str, sentence: str, *, status: str | None = None) -> int:
    """Print a failure as one sentence (and as one object) and return the exit code."""
    sentence = clean_for_display(_one_line(sentence))
    print(sentence, file=sys.stderr)
    if as_json:
        shown: dict[str, Any] = (
            outcome_object(Refused(word, sentence))
            if status == "refused"
            else problem_object(status or ("usage" if code == USAGE else "trouble"), word, sentence)
        )
        print(json.dumps(shown, ensure_ascii=False))
    return code


def _close_quietly() -> None:
    """Close a pipe whose reader has gone, so that Python does not complain at exit."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
