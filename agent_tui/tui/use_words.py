"""What the use screen says: a coach's line with a bar, the figures beside it, and appointments."""

from collections.abc import Mapping, Sequence

from agent_tui.domain.journeys import journey_words
from agent_tui.domain.plurals import counted
from agent_tui.domain.ticks import clock, hours_words
from agent_tui.domain.type_use import CoachUse, FamilyUse, Share, UsedType, chance_words
from agent_tui.domain.wall_time import short_day
from agent_tui.tui.glyphs import Glyphs, bar

BAR = 10


def coach_line(one: CoachUse, minutes: int, glyphs: Glyphs) -> str:
    """Return a coach's line: appointments, the share of one length as number and bar, and the word for an outlier."""
    share = next((part for part in one.shares if part.minutes == minutes), None)
    flag, word = (glyphs.flag, " outlier") if one.outlier else (" ", "")
    if share is None:
        return f"{flag} {one.coach:<14.14} {one.count:>4}"
    return f"{flag} {one.coach:<14.14} {one.count:>4} {share.share:>4.0%} {bar(share.share, BAR, glyphs)}{word}"


def coach_words(one: CoachUse, minutes: int) -> str:
    """Return a coach's line in words, for the status line."""
    share = next((part for part in one.shares if part.minutes == minutes), None)
    if share is None:
        return f"{one.coach}: {counted(one.count, 'appointment')}"
    what = f"{one.coach}: {share.share:.0%} of {one.count} are of {minutes} minutes, team {share.team:.0%}, site {share.site:.0%}"
    return f"{what}; {_compared(share)}{'; an outlier' if one.outlier else ''}"


def coach_lines(found: FamilyUse, one: CoachUse, glyphs: Glyphs) -> list[str]:
    """Return the figures of a coach against team and site, and against what journeys call for."""
    lines = [
        f"{one.coach} ({one.diary}), team {one.team or '-'}",
        f"{counted(one.count, 'appointment')}, {hours_words(one.minutes)}",
        "",
    ]
    lines.append(f"{'length':<8}{'count':>6}{'coach':>7}{'team':>6}{'site':>6}{'rest':>6}")
    for part in one.shares:
        rest = "-" if part.elsewhere is None else f"{part.elsewhere:.0%}"
        lines.append(f"{f'{part.minutes} min':<8}{part.count:>6}{part.share:>7.0%}{part.team:>6.0%}{part.site:>6.0%}{rest:>6}")
    lines.append("")
    for part in one.shares:
        sign = f"{glyphs.flag} outlier, " if part.outlier else ""
        types = ", ".join(f"{code} {count}" for code, count in part.types.items())
        lines.append(f"{part.minutes} min: {sign}{_compared(part)}{f'; {types}' if types else ''}")
    if one.outlier:
        lines.append(f"Against the rest of the site, of {found.tests} tests.")
    return [*lines, "", journey_words(one.journey), ""]


def _compared(share: Share) -> str:
    return chance_words(share.chance)


def entry_lines(entries: Sequence[UsedType], initials: Mapping[str, str]) -> list[str]:
    """Return appointments as lines: day, time, type, minutes, what became of it, the claimant's opaque id and initials."""
    return [
        f"{short_day(one.day):<10} {clock(one.start)}-{clock(one.end)} {one.type:<12} {one.status:<8}"
        f" {one.client or '-'} {initials.get(one.client or '', '')}".rstrip()
        for one in entries
    ]
