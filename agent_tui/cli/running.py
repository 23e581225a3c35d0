"""Running a command: its exit code, and every failure as one sentence (and one JSON object where that was asked)."""

import os
import sys
from collections.abc import Sequence
from functools import cache

from typer import Abort, Exit
from typer.exceptions import TyperException
from typer.main import get_command

from agent_tui.cli.answers import CommandEnd, Malformed
from agent_tui.cli.empties import EMPTIES, problem_object
from agent_tui.domain.cleaning import clean_for_display, json_text
from agent_tui.failures import written_down

DONE, USAGE, REFUSED, TROUBLE = 0, 2, 3, 4
INTERRUPTED = 130
LONGEST_SENTENCE = 600

_APART = (
    *(("requests", name) for name in ("load", "show", "take", "done", "return")),
    *(("sooner", name) for name in ("add", "end", "offer")),
    *(("guarantee", name) for name in ("set", "drop", "propose")),
    *(("check", name) for name in ("sign", "undo")),
    *(("sandbox", name) for name in ("list", "apply")),
    *(("handovers", name) for name in ("take", "decline")),
    *(("recover", name) for name in ("accept", "dismiss")),
)
_OF_FLAGS = tuple((name.partition(" ")[0], name.partition(" ")[2]) for name in EMPTIES if " " in name)
_tree = cache(get_command)
"""The tree of all commands, which takes longer to build than most of them to run."""

# Common options that come before the command and take a value.
_WITH_VALUE = ("--store", "--as", "--site", "--now", "--heads")


class Failure:
    """How a command of these arguments says that it failed."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self.as_json = "--json" in arguments
        self.id = _id_in(arguments)
        self.command = _command_of(arguments)

    def say_unknown(self, sentence: str, request: str | None) -> int:
        """Say that an outcome is not known, and by which id a retry finds or does it once."""
        request = request or self.id
        if request is None:
            how = "Look whether it was before you ask again."
        else:
            how = f"The same command with --id {request} says whether it was, and does it only if it was not."
        return self.say(TROUBLE, "outcome_unknown", f"{sentence} {how}", more={} if request is None else {"id": request})

    def say(self, code: int, word: str, sentence: str, *, status: str | None = None, more: dict[str, str] | None = None) -> int:
        """Print a failure as one sentence (and as one object) and return the exit code."""
        sentence = clean_for_display(" ".join(sentence.split()))
        if len(sentence) > LONGEST_SENTENCE:
            sentence = sentence[: LONGEST_SENTENCE - 1] + "…"
        print(sentence, file=sys.stderr)
        if self.as_json:
            status = status or ("usage" if code == USAGE else "trouble")
            shown = problem_object(self.command, status, word, sentence) | (more or {})
            print(json_text(shown))
        return code


def run(arguments: Sequence[str]) -> int:
    """Run a command whose common options stand first and return its exit code."""
    failure = Failure(arguments)
    try:
        code = _run(arguments, failure)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except SystemExit:
        # Typer's own answer to a reader that has gone.
        _drop_output()
        return DONE
    except BrokenPipeError:
        _drop_output()
        return DONE
    except OSError as error:
        _drop_output()
        print(f"The answer cannot be written: {error.strerror or 'standard output failed'}.", file=sys.stderr)
        return TROUBLE
    except KeyboardInterrupt:
        return _interrupted(failure)


def _run(arguments: Sequence[str], failure: Failure) -> int:
    from agent_tui.cli.app import app

    try:
        result = _tree(app).main(args=list(arguments), prog_name="agent-tui", standalone_mode=False)
        return _interrupted(failure) if result == INTERRUPTED else result if isinstance(result, int) else DONE
    except CommandEnd as end:
        return end.code
    except Malformed as malformed:
        return failure.say(USAGE, "usage", str(malformed))
    except Exit as stop:
        return _interrupted(failure) if stop.exit_code == INTERRUPTED else stop.exit_code
    except TyperException as error:
        return failure.say(USAGE, "usage", _words(error))
    except Abort:
        return _interrupted(failure)
    except OSError:
        raise
    except Exception as error:
        return _known_trouble(failure, error)


def _interrupted(failure: Failure) -> int:
    return failure.say(TROUBLE, "interrupted", "Interrupted; an act that was not answered may be repeated with the same --id.")


def _command_of(arguments: Sequence[str]) -> str | None:
    """Return the command among arguments whose common options stand first; one of a group where its answer is another."""
    words = iter(arguments)
    for word in words:
        if word in _WITH_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            second = next(words, None)
            apart = (("diary", "absorb"), ("type", "propose"), ("today", "list"), *_APART, *_OF_FLAGS)
            return f"{word} {second}" if (word, second) in apart else word
    return None


def _id_in(arguments: Sequence[str]) -> str | None:
    """Return the id that a command was given to be recognised by, or None."""
    for word, following in zip(arguments, (*arguments[1:], None), strict=False):
        name, equals, value = word.partition("=")
        if name == "--id":
            return value if equals else following
    return None


def _words(error: TyperException) -> str:
    formatted = getattr(error, "format_message", None)
    return str(formatted() if callable(formatted) else error)


def _known_trouble(failure: Failure, error: Exception) -> int:
    from agent_tui.services.trouble import DeskRefused, OutcomeUnknown, StoreTrouble
    from agent_tui.settings import SettingsError

    if isinstance(error, SettingsError):
        return failure.say(USAGE, "usage", str(error))
    if isinstance(error, DeskRefused):
        return failure.say(REFUSED, error.code, str(error), status="refused")
    if isinstance(error, OutcomeUnknown):
        return failure.say_unknown(str(error), error.request)
    if isinstance(error, StoreTrouble):
        return failure.say(TROUBLE, "store_trouble", str(error))
    return failure.say(TROUBLE, "internal", written_down(error))


def _drop_output() -> None:
    """Let go of an output that nobody takes, so that Python does not complain about it at exit."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return
