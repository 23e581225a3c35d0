"""A file of segments read as a draft, from wherever a person names it."""

from pathlib import Path

from agent_tui.domain.cleaning import clean
from agent_tui.domain.pattern_files import LONGEST_FILE
from agent_tui.domain.sandbox import Draft, read_draft
from agent_tui.services.plain_file import read_plain

NOTHING = Draft((), ())


def read_file(path: str) -> tuple[str, Draft, tuple[str, ...]]:
    """Return a file's name without its ending, the draft in it, and what is wrong as sentences; then the draft is empty."""
    file = Path(path).expanduser()
    name = clean(file.name, limit=60)
    try:
        text = read_plain(file, 4 * LONGEST_FILE + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        return name, NOTHING, (f"{name} is not UTF-8 text.",)
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or "its name cannot be used"
        return name, NOTHING, (f"{name or 'That'} cannot be read: {why}.",)
    draft, problems = read_draft(text)
    return clean(file.stem, limit=40), draft, problems
