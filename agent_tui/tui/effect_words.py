"""What a change of segments does, and what stands in a pattern, as the lines of a dialog."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from agent_tui.domain.pattern_change import name_of
from agent_tui.domain.patterns import Pattern
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import EntryState
from agent_tui.domain.roles import TITLES
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock
from agent_tui.domain.wall_time import short_date, short_day, wall_of
from agent_tui.tui.glyphs import Glyphs

if TYPE_CHECKING:
    from agent_tui.services.absorbing import Absorbed
    from agent_tui.services.aligning import Alignment
    from agent_tui.services.segmenting import Effect
    from agent_tui.services.staffing import StaffChanged

SHOWN = 40


def effect_lines(found: "Effect", catalogue: Catalogue, glyphs: Glyphs) -> list[str]:
    """Return what a change does, or would do: patterns, appointments that lose their time, key types, the checker's word."""
    flag = glyphs.flag
    counts = ((len(found.patterns), ("pattern",)), (len(found.diaries), ("diary", "diaries")))
    lines = [f"It changes {', '.join(counted(count, *words) for count, words in counts if count) or 'nothing'}."]
    if found.unplaced:
        count = len(found.unplaced)
        what = "appointment loses its" if count == 1 else "appointments lose their"
        lines.append(f"{flag} {count} {what} time; each keeps it on record and is flagged:")
        ordered = sorted(found.unplaced, key=lambda one: (one.day, one.diary, one.start))
        lines += [f"   {entry_words(one)}" for one in ordered[:SHOWN]]
        if count > SHOWN:
            lines.append(f"   and {count - SHOWN} more.")
    else:
        lines.append("No appointment loses its time.")
    lines += [f"{flag} {_type_name(catalogue, code)}: no diary takes this key type any more." for code in found.lost]
    lines += [f"{diary} gets the type {_type_name(catalogue, code)}." for diary, code in found.assigned]
    lines += _again_lines(found.placed, "")
    if found.checks:
        lines += ["", "The segment checker:"]
        lines += [f"   {name}, {part}: {one.sentence}" for name, part, one in found.checks]
    return lines


def entry_words(entry: EntryState) -> str:
    """Return an appointment in a line, without its claimant's name."""
    day = short_day(entry.day)
    return f"{entry.type or entry.kind}  {day}  {clock(entry.start)}-{clock(entry.end)}  {entry.diary}  {entry.client or ''}"


def pattern_lines(patterns: Sequence[Pattern]) -> list[str]:
    """Return patterns as lines, each with its segments below it."""
    lines: list[str] = []
    for one in patterns:
        lines.append(f"{name_of(one)}{', day off' if one.day_off else ''}")
        for part in one.segments:
            types = ", ".join(sorted(part.types)) or "shut"
            more = f", at most {part.limit}" if part.limit is not None else ""
            lines.append(f"   {clock(part.start)}-{clock(part.end)} {part.channel}{more}: {types}")
    return lines


def _again_lines(placed: Sequence[EntryState], where: str) -> list[str]:
    """Return the appointments that have their time again, under one line that counts them."""
    if not placed:
        return []
    what = "appointment has its" if len(placed) == 1 else "appointments have their"
    ordered = sorted(placed, key=lambda one: (one.day, one.diary, one.start))
    lines = [f"{len(placed)} {what} time again{where}:", *(f"   {entry_words(one)}" for one in ordered[:SHOWN])]
    return lines + ([f"   and {len(placed) - SHOWN} more."] if len(placed) > SHOWN else [])


def _type_name(catalogue: Catalogue, code: str) -> str:
    kind = catalogue.types.get(code)
    return code if kind is None else kind.name


def alignment_lines(alignment: "Alignment", firsts: Sequence[str], seconds: Sequence[str]) -> list[str]:
    """Return an alignment with its figures beside the guidance's own, and the meetings of each coach."""
    found = alignment.found
    lines = ["Minutes that second coaches idle in all,", "and that a claimant waits on average:", "", f"{'':<20}idle   wait"]
    rows = [("This pattern", found.figures)]
    if alignment.guidance is not None:
        rows.append(("The guidance's own", alignment.guidance.figures))
    if alignment.unaligned is not None:
        rows.append(("Not aligned", alignment.unaligned.figures))
    lines += [f"{name:<20}{one.idle_minutes:>4}{float(one.mean_wait):>7.1f}" for name, one in rows]
    lines.append("")
    if alignment.guidance is None:
        lines.append("The guidance's own segments do not hold these interviews.")
    if found.optimal:
        lines.append("Proved: nothing idles less, and with as little nobody waits less.")
    elif found.wait_gap is None:
        lines.append(f"Not proved in the time allowed: {found.idle_gap} minutes less idle time may be possible.")
    else:
        lines.append(f"Idle time proved the least; {found.wait_gap} minutes less waiting in all may be possible.")
    for words, diaries, meetings in (("First", firsts, found.pattern.firsts), ("Second", seconds, found.pattern.seconds)):
        for coach, diary in enumerate(diaries):
            lines += ["", f"{words} coach {diary}"]
            own = sorted((one for one in meetings if one.coach == coach), key=lambda one: one.start)
            minutes = [(one, (one.end - one.start) * MINUTES_PER_TICK) for one in own]
            lines += [
                f"   {clock(one.start)}-{clock(one.end)}  {length:>3} min  claimant {one.claimant + 1}" for one, length in minutes
            ]
    return lines


def answer_lines(answer: object, catalogue: Catalogue, glyphs: Glyphs) -> list[str]:
    """Return what a manager's act would do, whichever act it is, as the lines of a dialog."""
    from agent_tui.services.absorbing import Absorbed
    from agent_tui.services.key_types import Proposed
    from agent_tui.services.segmenting import Effect
    from agent_tui.services.switching import Effect as Switched

    if isinstance(answer, tuple):  # a save that would be taken back: what that does, who made it, and when
        effect, who, at = answer
        made = wall_of(at, catalogue.site.zone)
        first = [f"Saved by {who} at {made:%H:%M}: {', '.join(effect.diaries[:8]) or 'no diary'}.", ""]
        again = _again_lines(effect.placed, " where nobody has it")
        return [*first, *effect_lines(replace(effect, placed=()), catalogue, glyphs), *again]
    if isinstance(answer, Proposed):
        first = [] if answer.proposal is None else [answer.proposal.sentence, ""]
        return first + answer_lines(answer.effect, catalogue, glyphs)
    if isinstance(answer, Effect):
        return effect_lines(answer, catalogue, glyphs)
    if isinstance(answer, Absorbed):
        return _absorbed_lines(answer, catalogue, glyphs)
    assert isinstance(answer, Switched), answer
    lines = [f"{answer.resource or 'It'}: {counted(len(answer.flagged), 'appointment')} to come kept and flagged."]
    lines += [f"   {entry_words(one)}" for one in answer.flagged[:SHOWN]]
    return lines + [
        f"{glyphs.flag} {_type_name(catalogue, code)}: nobody could book this key type any more." for code in answer.lost
    ]


def _absorbed_lines(found: "Absorbed", catalogue: Catalogue, glyphs: Glyphs) -> list[str]:
    flag = glyphs.flag
    into = ", ".join(found.into)
    lines = [f"{found.diary} is retired; from {short_date(found.first)} its segments are those of {into}.", ""]
    lines += [f"{counted(len(found.moves), 'appointment moves', 'appointments move')}:"]
    for one in found.moves[:SHOWN]:
        to = one.after
        lines.append(f"   {entry_words(one.before)}  to {to.diary} {short_day(to.day)} {clock(to.start)}")
    lines += [f"{flag} Without a time, kept and flagged: {entry_words(one)}" for one in found.unplaced]
    lines += [f"{flag} {one.diary} is blocked {short_date(one.day)} {clock(one.start)}-{clock(one.end)}." for one in found.blocks]
    lines += [f"{flag} {_type_name(catalogue, code)}: no diary takes this key type any more." for code in found.lost]
    lines += [f"{diary} gets the type {_type_name(catalogue, code)}." for diary, code in found.assigned]
    lines += ["", "The segment checker:", *[f"   {name}, {part}: {one.sentence}" for name, part, one in found.checks]]
    return lines


def staff_sentence(answer: "StaffChanged") -> str:
    """Return what became of a login in a sentence."""
    one = answer.staff
    role = f"{TITLES[one.role]} of {one.diary}" if one.diary else TITLES[one.role]
    words = {"added": f"is added as {role}", "changed": f"is {role} now", "unchanged": "was so already"}
    switched = {"off": "is switched off and acts no more", "on": "may act again"}
    return f"{one.login} {(words | switched)[answer.status]}."


def answer_sentence(answer: object) -> tuple[str, bool]:
    """Return what an act did in a sentence, and whether nothing of it waits for somebody."""
    from agent_tui.services.absorbing import Absorbed
    from agent_tui.services.guarantees import GuaranteeSet
    from agent_tui.services.key_types import TypeChanged
    from agent_tui.services.recorded import Recorded
    from agent_tui.services.sandbox import Kept
    from agent_tui.services.segmenting import Effect
    from agent_tui.services.staffing import StaffChanged
    from agent_tui.services.weekly_checks import Signed

    if isinstance(answer, Recorded):
        return answer.sentence, True
    if isinstance(answer, StaffChanged):
        return staff_sentence(answer), True
    if isinstance(answer, Absorbed):
        lost = f", {len(answer.unplaced)} without a time and flagged" if answer.unplaced else ""
        return f"{answer.diary} is absorbed: {counted(len(answer.moves), 'appointment')} moved{lost}.", not answer.unplaced
    if isinstance(answer, Effect):
        word = "The last save is taken back" if answer.status == "undone" else answer.status.capitalize()
        lost = f", {counted(len(answer.unplaced), 'appointment')} flagged" if answer.unplaced else ""
        back = " On the segments screen u takes it back today." if answer.status == "saved" else ""
        what = counted(len(answer.patterns), "pattern") if answer.patterns else counted(len(answer.diaries), "diary", "diaries")
        return f"{word}: {what}{lost}.{back}", not answer.unplaced
    if isinstance(answer, Kept):
        return f"{'Dropped' if answer.dropped else 'Kept'}: {answer.name}.", True
    if isinstance(answer, TypeChanged):
        word = "Saved" if answer.status == "saved" else "It was so already"
        return f"{word}: {answer.kind.name}, from {short_date(answer.first)}.", True
    if isinstance(answer, Signed):
        word = "taken back" if answer.status == "undone" else "signed; u takes it back for 60 seconds"
        return f"Week {answer.check.week.number} is {word}.", True
    if isinstance(answer, GuaranteeSet):
        rule, stands = answer.rule, answer.stands
        words = (
            f"{answer.status.capitalize()}: {rule.type}, {counted(rule.starts, 'start')} in {counted(rule.days, 'working day')}."
        )
        return f"{words} {stands.reason or ''}".rstrip() if stands else words, stands is None or stands.reason is None
    status, name = str(getattr(answer, "status", "done")), getattr(answer, "resource", None) or "the ticket"
    flagged = getattr(answer, "flagged", ())
    kept = f"; {counted(len(flagged), 'appointment')} kept and flagged" if flagged else ""
    return f"{status.capitalize()}: {name}{kept}.", not flagged
