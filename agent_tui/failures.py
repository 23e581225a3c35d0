"""What is kept of failures: where they happened, and no value, since values may be personal data."""

from pathlib import Path

from agent_tui.settings import state_dir


def log_file() -> Path:
    """Return the file of this program's log on this computer; not made here."""
    return state_dir() / "agent-tui.log"


def noted(words: str, error: BaseException | None = None) -> bool:
    """Write a line into the log, with where an error happened if there is one; return whether it could be written.

    The words are the program's own: they hold nothing that somebody typed and nothing of the store. Nothing is shown.
    """
    from agent_tui.program_log import program_log

    return program_log(log_file()).note(words, error)


def written_down(error: BaseException) -> str:
    """Write where an unexpected error happened into the log, and return the sentence that says so.

    Neither the file nor the sentence has the error's message or a value of the program.
    """
    place = str(log_file()) if noted("failed inside", error) else "no file, since the state folder cannot be written"
    return f"agent-tui failed inside ({type(error).__name__}); where it happened is written in {place}."
