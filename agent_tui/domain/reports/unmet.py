"""Requests that found no time: calls that ended without a booking, hand-offs, and the minutes that both cost."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from agent_tui.domain.reports.facts import Conversation, HandedOver, Unserved
from agent_tui.domain.reports.shape import COUNT, DAYS, MINUTES, TEXT, Column, Report, Row, Table, mean
from agent_tui.domain.reports.span import Span
from agent_tui.domain.site import Catalogue

NAME, TITLE = "refusals", "Refusals and hand-offs"
BOOKED = "booked"


def refusals(
    catalogue: Catalogue,
    span: Span,
    refused: Sequence[Unserved],
    handed: Sequence[HandedOver],
    calls: Sequence[Conversation],
    texts: Mapping[str, str],
) -> Report:
    """Return the calls that ended without a booking and the hand-offs that were made on the days of the span.

    What they cost is told twice: the minutes of the appointments that were not booked, and the minutes that were spoken in calls
    which ended without one. `texts` says what a rule is. Source: seeds/spotlight-appointment-booking.txt, "Consequences of not
    assigning appointments".
    """
    return Report(
        NAME,
        TITLE,
        span.first,
        span.last,
        span.step,
        (
            _over_time(catalogue, span, refused, handed, calls),
            _by_rule(refused, texts),
            _by_type(catalogue, refused, handed),
            _by_ending(calls),
            _handoffs(handed),
        ),
        ("A call met by several rules counts under each of them.",) if refused else (),
    )


def _minutes(catalogue: Catalogue, code: str, day: str) -> int:
    kind = catalogue.types.get(code)
    return 0 if kind is None else kind.minutes_on(date.fromisoformat(day)) or 0


def _over_time(
    catalogue: Catalogue, span: Span, refused: Iterable[Unserved], handed: Iterable[HandedOver], calls: Iterable[Conversation]
) -> Table:
    counts: list[Counter[str]] = [Counter() for _ in span.periods]
    for one in refused:
        row = counts[span.row_of[one.day]]
        row["refused"] += 1
        row["wanted_minutes"] += _minutes(catalogue, one.type, one.day)
    for hand in handed:
        row = counts[span.row_of[hand.day]]
        row["handoffs"] += 1
        row["wanted_minutes"] += _minutes(catalogue, hand.type, hand.day)
    for call in calls:
        if call.ending != BOOKED:
            counts[span.row_of[call.day]]["seconds"] += call.seconds
    columns = (
        *(Column("period", span.step.capitalize(), TEXT), Column("refused", "Refused calls", COUNT)),
        *(Column("handoffs", "Hand-offs", COUNT), Column("wanted_minutes", "Not booked", MINUTES)),
        Column("call_minutes", "Spoken in vain", MINUTES),
    )
    whole: Counter[str] = Counter()
    for row in counts:
        whole.update(row)
    rows = tuple((period.name, *_cells(row)) for period, row in zip(span.periods, counts, strict=True))
    return Table("periods", "Over time", columns, rows, ("All", *_cells(whole)), chart="refused", by_time=True)


def _cells(row: Counter[str]) -> Row:
    return (row["refused"], row["handoffs"], row["wanted_minutes"], round(row["seconds"] / 60))


def _by_rule(refused: Iterable[Unserved], texts: Mapping[str, str]) -> Table:
    counts = Counter(rule for one in refused for rule in one.reasons or ("",))
    columns = (Column("rule", "Rule", TEXT), Column("text", "What it is", TEXT), Column("calls", "Calls", COUNT))
    rows = [
        (rule or "-", texts.get(rule, rule or "a start was free when the call ended"), count)
        for rule, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]
    return Table("rules", "By the rule in the way", columns, tuple(rows), chart="calls")


def _by_type(catalogue: Catalogue, refused: Iterable[Unserved], handed: Iterable[HandedOver]) -> Table:
    counts: dict[str, Counter[str]] = {}
    for one in refused:
        row = counts.setdefault(one.type, Counter())
        row["refused"] += 1
        row["minutes"] += _minutes(catalogue, one.type, one.day)
    for hand in handed:
        row = counts.setdefault(hand.type, Counter())
        row["handoffs"] += 1
        row["minutes"] += _minutes(catalogue, hand.type, hand.day)
    columns = (
        *(Column("type", "Type", TEXT), Column("name", "Name", TEXT), Column("refused", "Refused calls", COUNT)),
        *(Column("handoffs", "Hand-offs", COUNT), Column("wanted_minutes", "Not booked", MINUTES)),
    )
    rows = []
    for code in sorted(counts, key=lambda one: (-counts[one]["minutes"], one)):
        kind, row = catalogue.types.get(code), counts[code]
        rows.append((code, kind.name if kind else code, row["refused"], row["handoffs"], row["minutes"]))
    total: Row = ("All", "", *(sum(int(row[place] or 0) for row in rows) for place in (2, 3, 4)))
    return Table("types", "By type", columns, tuple(rows), total, chart="wanted_minutes")


def _by_ending(calls: Iterable[Conversation]) -> Table:
    numbers, seconds = Counter[str](), Counter[str]()
    for one in calls:
        numbers[one.ending] += one.calls
        seconds[one.ending] += one.seconds
    columns = (
        *(Column("ending", "How calls ended", TEXT), Column("calls", "Calls", COUNT)),
        *(Column("call_minutes", "Spoken", MINUTES), Column("mean_seconds", "Mean seconds", COUNT)),
    )
    rows = tuple(
        (ending.replace("_", " "), numbers[ending], round(seconds[ending] / 60), round(seconds[ending] / numbers[ending]))
        for ending in sorted(numbers, key=lambda one: (-numbers[one], one))
    )
    whole, spoken = sum(numbers.values()), sum(seconds.values())
    total = ("All", whole, round(spoken / 60), round(spoken / whole) if whole else None)
    return Table("endings", "How calls ended", columns, rows, total, chart="calls")


def _handoffs(handed: Iterable[HandedOver]) -> Table:
    groups: dict[str, list[HandedOver]] = {"key types": [], "other types": []}
    for one in handed:
        groups["key types" if one.key else "other types"].append(one)
    columns = (
        *(Column("group", "Hand-offs of", TEXT), Column("made", "Made", COUNT), Column("closed", "Closed", COUNT)),
        *(Column("late", "Closed late", COUNT), Column("mean_days", "Mean days to close", DAYS)),
    )
    rows = tuple((name, *_closed(group)) for name, group in groups.items())
    return Table("handoffs", "Hand-offs", columns, rows, ("All", *_closed([one for group in groups.values() for one in group])))


def _closed(handed: Sequence[HandedOver]) -> Row:
    closed = [(one, one.closed) for one in handed if one.closed is not None]
    days = [(date.fromisoformat(end) - date.fromisoformat(one.day)).days for one, end in closed]
    late = sum(end > one.due for one, end in closed)
    return (len(handed), len(closed), late, mean(sum(days), len(days)))
