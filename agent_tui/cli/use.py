"""use: whether coaches use types with the right minutes, by family, against their team and the site."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.booking import DiaryCode, TeamCode
from agent_tui.cli.empties import Object
from agent_tui.cli.reading import read_code, read_days
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.journeys import Journeyed, journey_words
from agent_tui.domain.plurals import counted
from agent_tui.domain.ticks import clock
from agent_tui.domain.type_use import RULE, BadUse, CoachUse, FamilyUse, UsedType, chance_words, default_days
from agent_tui.domain.wall_time import short_date

if TYPE_CHECKING:
    from agent_tui.services.type_use import UseFound


def use(
    context: typer.Context,
    family: Annotated[str | None, typer.Option("--family", help="A family, such as work-search-review (default: all).")] = None,
    team: TeamCode = None,
    diary: DiaryCode = None,
    first: Annotated[str | None, typer.Option("--from", help="First day (default: four weeks back).")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day (default: four weeks ahead).")] = None,
    entries: Annotated[bool, typer.Option("--entries", help="List the appointments too.")] = False,
) -> None:
    """Compare how coaches use types with different minutes: agent-tui use --family work-search-review --team A"""
    session: Session = context.obj
    with session.desk() as desk:
        from agent_tui.services.type_use import UseAsked
        from agent_tui.services.type_use import use as look

        days = _days(desk.now.date(), first, last)
        name = None if family is None else clean(family, limit=60)
        asked = UseAsked(*days, name, read_code(team), read_code(diary), entries)
        try:
            found = look(desk, asked)
        except BadUse as bad:
            raise Malformed(str(bad)) from None
    object_ = _object(found)
    if not any(one.coaches for one in found.families):
        who = found.families[0].family.name if len(found.families) == 1 else "any family of types"
        sentence = f"Nobody is booked for {who} from {short_date(days[0])} to {short_date(days[1])}."
        nothing: Object = {"status": "none", "code": "nothing_found", "reason": sentence}
        answer(session.as_json, object_ | nothing, [], code=REFUSED, sentence=sentence)
    answer(session.as_json, object_, _lines(found))


def _days(today: date, first: str | None, last: str | None) -> tuple[date, date]:
    back, ahead = default_days(today)
    return read_days(first, last, back, ahead)


def _object(found: "UseFound") -> Object:
    return {
        "status": "use",
        "from": found.asked.first.isoformat(),
        "to": found.asked.last.isoformat(),
        "team": found.asked.team,
        "diary": found.asked.diary,
        "rule": RULE,
        "families": [_family(one, found) for one in found.families],
    }


def _family(one: FamilyUse, found: "UseFound") -> Object:
    total = sum(one.counts.values())
    listed = [_entry(entry, found) for entry in found.entries.get(one.family.id, ())]
    return {
        "family": one.family.id,
        "name": one.family.name,
        "types": [{"code": code, "minutes": minutes} for code, minutes in one.family.lengths.items()],
        "count": total,
        "site": [{"minutes": minutes, "count": count, "share": _round(count / total)} for minutes, count in one.counts.items()],
        "tests": one.tests,
        "journey": _journey(one.journey),
        "coaches": [_coach(coach) for coach in one.coaches],
        "entries": listed if found.asked.entries else None,
    }


def _coach(coach: CoachUse) -> Object:
    return {
        "diary": coach.diary,
        "coach": coach.coach,
        "team": coach.team,
        "count": coach.count,
        "minutes": coach.minutes,
        "outlier": coach.outlier,
        "shares": [
            {
                **{"minutes": one.minutes, "count": one.count, "share": _round(one.share), "team": _round(one.team)},
                **{"site": _round(one.site), "elsewhere": _round(one.elsewhere), "chance": one.chance},
                **{"outlier": one.outlier, "types": dict(one.types)},
            }
            for one in coach.shares
        ],
        "journey": _journey(coach.journey),
    }


def _journey(one: Journeyed) -> Object:
    return {
        **{"known": one.known, "unknown": one.unknown, "minutes": one.minutes, "least_minutes": one.least},
        **{"most_minutes": one.most, "longer": one.longer, "shorter": one.shorter, "sooner": one.sooner},
        "called_for": one.words or None,
    }


def _entry(one: UsedType, found: "UseFound") -> Object:
    return {
        **{"id": one.id, "type": one.type, "diary": one.diary, "day": one.day.isoformat(), "start": clock(one.start)},
        **{"end": clock(one.end), "minutes": one.minutes, "status": one.status, "client": one.client},
        "name": found.initials.get(one.client or ""),
    }


def _round(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _lines(found: "UseFound") -> list[str]:
    lines = [f"From {short_date(found.asked.first)} to {short_date(found.asked.last)}. {RULE}"]
    for one in found.families:
        lines += ["", *_family_lines(one)]
        for entry in found.entries.get(one.family.id, ()):
            who = f"{entry.client or '-'} {found.initials.get(entry.client or '', '')}".rstrip()
            when = f"{short_date(entry.day):<15} {clock(entry.start)}-{clock(entry.end)}"
            lines.append(f"  {when}  {entry.diary}  {entry.type:<14} {entry.minutes:>3} min  {entry.status:<9} {who}")
    return lines


def _family_lines(one: FamilyUse) -> list[str]:
    total = sum(one.counts.values())
    if not total:
        return [f"{one.family.name}: nobody is booked."]
    site = ", ".join(f"{minutes} min {count / total:.0%}" for minutes, count in one.counts.items())
    lines = [f"{one.family.name}: {counted(total, 'appointment')} of the site: {site}.", journey_words(one.journey)]
    for coach in one.coaches:
        flag = "!" if coach.outlier else " "
        shares = "  ".join(
            f"{share.minutes} min {share.share:4.0%} (team {share.team:.0%}, site {share.site:.0%}) {chance_words(share.chance)}"
            for share in coach.shares
        )
        lines.append(
            f"{flag} {coach.diary:<5} {coach.coach:<20.20} {coach.count:>4}  {shares}{'  outlier' if flag == '!' else ''}"
        )
    return lines


def register(app: typer.Typer) -> None:
    """Add the check of the use of types."""
    app.command("use")(use)
