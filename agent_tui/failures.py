"""What is kept of an unexpected error: where it happened, and no value, since values may be personal data."""

import traceback

from agent_tui.settings import make_private, state_dir


def written_down(error: BaseException) -> str:
    """Write where an unexpected error happened into a private file, and return the sentence that says so.

    Neither the file nor the sentence has the error's message or a value of the program.
    """
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    try:
        path = make_private(state_dir()) / "errors.log"
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{type(error).__name__}\n  " + "\n  ".join(lines) + "\n")
        place = str(path)
    except OSError:
        place = "no file, since the state folder cannot be written"
    return f"agent-tui failed inside ({type(error).__name__}); where it happened is written in {place}."
