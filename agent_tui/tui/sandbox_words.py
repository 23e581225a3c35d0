"""What the sandbox screen says of a trial."""

from agent_tui.domain.sandbox import Trial
from agent_tui.domain.sandbox_words import Row, dry_lines, figure_rows, source_words, type_rows
from agent_tui.tui.glyphs import Glyphs


def trial_lines(trial: Trial, glyphs: Glyphs) -> list[str]:
    """Return a trial side by side; a line that the draft makes worse begins with the flag sign and says so."""
    lines = [source_words(trial), "", f"  {'':<20}{'today':>9}{'draft':>9}  difference"]
    lines += [_line(row, glyphs) for row in figure_rows(trial)]
    rows = type_rows(trial)
    if rows:
        lines += ["", "Refused, and mean days waited:", *[_line(row, glyphs) for row in rows]]
    dry = [line.removeprefix("! ") for line in dry_lines(trial)]
    flags = [line.startswith("!") for line in dry_lines(trial)]
    return [
        *lines,
        *([""] if dry else []),
        *(f"{glyphs.flag if flag else ' '} {line}" for line, flag in zip(dry, flags, strict=True)),
    ]


def _line(row: Row, glyphs: Glyphs) -> str:
    flag = glyphs.flag if row.better is False else " "
    return f"{flag} {row.name:<20}{row.today:>9}{row.draft:>9}  {row.difference}"
