"""What the story of an entry says of its flags: raised, given to somebody, escalated, settled, closed by themselves."""

from collections.abc import Collection, Iterable

from agent_tui.domain.contacts import ESCALATED
from agent_tui.domain.flags import ASSIGNED, CHANGED, DISMISS, ESCALATE, KEEP, REOPENED, RESOLVED, RESOLVED_WORDS, SHORT, WHY
from agent_tui.domain.log import Event, State
from agent_tui.domain.story import StoryLine, Words, by_words, when_words

FLAG_VERBS = (CHANGED, ASSIGNED, RESOLVED, REOPENED, ESCALATED)


def flag_lines(events: Iterable[Event], entry: str, flags: Collection[str], words: Words) -> tuple[StoryLine, ...]:
    """Return a story's lines about the flags of an entry and what was escalated about it, in the order of the log's lines.

    `events` are lines with FLAG_VERBS, `flags` the ids of the flags that name the entry on either side.
    """
    known = list(events)
    settled = {(after["flag"], one.stamped) for one in known if one.verb == RESOLVED and (after := one.after or {})}
    left: set[str] = set()
    found = []
    for one in known:
        for text in _sentences(one, entry, flags, words, settled, left):
            found.append(StoryLine(one.seq, one.at, one.who, one.verb, text))
    return tuple(found)


def _sentences(
    event: Event, entry: str, flags: Collection[str], words: Words, settled: Collection[tuple[str, int]], left: set[str]
) -> list[str]:
    """Return what a line says; `left` are the flags that somebody has left as they are, `settled` those an act has resolved."""
    after = event.after or {}
    if event.verb == CHANGED:
        told = [one for one in after["flags"] if one["flag"] in flags]
        # What an act has mended that then resolved its flag, the line of the act says.
        told = [one for one in told if one["status"] == "open" or (one["flag"], event.stamped) not in settled]
        return [_changed(event, one, words, one["flag"] in left) for one in told]
    if event.verb == ESCALATED:
        return [_escalated(event, after, words)] if after["subject"] in (entry, *flags) else []
    if after.get("flag") not in flags:
        return []
    by, kind = by_words(event, words), SHORT.get(after["kind"], after["kind"])
    if event.verb == ASSIGNED:
        to = after["to"]
        return [
            f"Its flag ({kind}) was {f'given to {words.staff.get(to, to)}' if to else 'taken back from whoever had it'} {by}."
        ]
    if event.verb == REOPENED:
        left.discard(after["flag"])
        return [f"Its flag ({kind}) was opened again {by}."]
    if after["how"] == ESCALATE:
        return []  # the line of the escalation says it
    left |= {after["flag"]} if after["how"] in (KEEP, DISMISS) else set()
    return [f"Its flag ({kind}) was resolved {by}: {RESOLVED_WORDS[after['how']]}{_why(event)}."]


def _changed(event: Event, told: State, words: Words, was_left: bool) -> str:
    kind = SHORT.get(told["kind"], told["kind"])
    if told["status"] == "open":
        why = WHY.get(told["kind"], told["kind"])
        return f"Flagged {by_words(event, words)}: {why[:1].lower()}{why[1:]}."
    line = f" with line {told['seq']}" if told.get("seq") else ""
    if was_left:
        return f"What its flag ({kind}) was about is over{line}, on {when_words(event.at, words.zone)}."
    return f"Its flag ({kind}) closed by itself on {when_words(event.at, words.zone)}: what it was about is over{line}."


def _escalated(event: Event, after: State, words: Words) -> str:
    what = "Its flag was escalated" if after["of"] == "flag" else "Escalated"
    return f"{what} {by_words(event, words)} to {after['contact']}, level {after['level']}{_why(event)}."


def _why(event: Event) -> str:
    return "" if event.reason is None else f" ({event.reason.replace('_', ' ')})"
