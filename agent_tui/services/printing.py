"""A letter or a form about an appointment, written into the folder of letters for somebody to print."""

from pathlib import Path

from agent_tui.domain.requests import Refused
from agent_tui.services.desk import Desk
from agent_tui.services.message_words import Printed, form, load_library, words_for
from agent_tui.services.plain_file import write_private

LETTER, LARGE_LETTER, FORM = "letter", "large letter", "form"
PRINTED = (LETTER, LARGE_LETTER, FORM)
NO_FOLDER = "Say in the settings where letters are written: letters, or AGENT_TUI_LETTERS."


def write_printed(desk: Desk, entry: str, what: str, *, templates: str | None, folder: str | None) -> str | Refused:
    """Write what is printed about an appointment as a page and as text into a folder, and return the page's path.

    `what` is one of PRINTED, `templates` the folder of the site's own templates. What was written before is replaced. Refused as
    the letter and the form are, without a folder, and where it cannot be written to.
    """
    if folder is None:
        return Refused("not_possible", NO_FOLDER, id=entry)
    library = load_library(templates)
    found = form(desk, library, entry) if what == FORM else words_for(desk, library, entry, large_print=what == LARGE_LETTER)
    return found if isinstance(found, Refused) else _write(found, Path(folder), f"{what.replace(' ', '-')}-{entry}")


def _write(found: Printed, folder: Path, name: str) -> str | Refused:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        return Refused("not_possible", f"The folder of letters cannot be made: {error.strerror}.")
    for text, end in ((found.text, "txt"), (found.words.html or "", "html")):
        problem = write_private(str(folder / f"{name}.{end}"), text, force=True)
        if problem is not None:
            return Refused("not_possible", problem)
    return str(folder / f"{name}.html")
