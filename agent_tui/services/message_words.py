"""The site's templates, and what they say of an appointment: letters to print, words to look at before they go out, the form."""

from dataclasses import dataclass, field
from pathlib import Path

from agent_tui.domain import messages
from agent_tui.domain.clients import Client
from agent_tui.domain.govuk_words import date_words, length_words, letter_date, time_words
from agent_tui.domain.message_fields import FORM, KINDS, PAPER, Facts, fields_of
from agent_tui.domain.message_library import BRING, TYPES, Layer, Library, pick, read_library
from agent_tui.domain.message_templates import LONGEST_TEMPLATE, Template, TemplateProblem
from agent_tui.domain.message_words import Words, form_text, letter_text, render
from agent_tui.domain.requests import EntryState, Refused
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import MINUTES_PER_TICK
from agent_tui.domain.wall_time import short_date, wall_of
from agent_tui.resources import data_file, data_files
from agent_tui.services.claimants import record_looks, sees_names
from agent_tui.services.desk import Desk
from agent_tui.services.plain_file import read_plain
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import messages as message_queries
from agent_tui.store.queries import work as work_queries
from agent_tui.store.queries.entries import entry_from_state
from agent_tui.store.unit_of_work import Unit

MOST_FILES = 500
"""Files of a site's own folder."""
_LONGEST_FILE = 4 * LONGEST_TEMPLATE * 4
_BOOKED = ("booked", "late")
_TRUE_OF = {
    messages.CONFIRMATION: (*_BOOKED, "blocked"),  # a type that is booked straight into a diary is a block with a claimant
    **dict.fromkeys((messages.CHANGE, messages.REMINDER), _BOOKED),
    **{messages.CANCELLATION: ("cancelled",), messages.MISSED: ("dna",), messages.DISPLACED: ("unplaced",)},
    messages.SOONER: ("held",),
}
"""The statuses of an entry of which a kind of message is true; the first kind of a status is what there is to say of it."""
_TOLD = (messages.SENT, messages.TOLD)


@dataclass(frozen=True, slots=True)
class Printed:
    """A template filled for an appointment (None for a blank form): the words, and the whole of it as plain text to print."""

    entry: EntryState | None
    template: Template
    words: Words = field(repr=False)
    text: str = field(repr=False)


def load_library(folder: str | None) -> Library:
    """Return the templates that come with the product and over them those of a site's own folder, with what is wrong in them."""
    shipped = {
        f"{part}/{path.name}": path.read_text(encoding="utf-8")
        for part in ("messages", "forms")
        for path in data_files(f"templates/{part}", ".md")
    }
    for name in (TYPES, BRING):
        shipped[f"messages/{name}"] = data_file(f"templates/messages/{name}").read_text(encoding="utf-8")
    layers = [Layer("data/templates/", shipped)]
    if folder is None:
        return read_library(layers)
    files, problems = _own_files(Path(folder))
    found = read_library([*layers, Layer("", files)])
    return Library(found.layers, found.called, (*problems, *found.problems))


def _own_files(folder: Path) -> tuple[dict[str, str], list[TemplateProblem]]:
    """Return the texts of a site's own folder by name, and what of it cannot be read."""
    files: dict[str, str] = {}
    problems: list[TemplateProblem] = []
    try:
        names = sorted(path.name for path in folder.iterdir() if path.suffix == ".md" or path.name in (TYPES, BRING))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name cannot be used"
        return {}, [TemplateProblem(folder.name[:60], 0, f"The folder of templates cannot be read: {why}.")]
    if len(names) > MOST_FILES:
        return {}, [TemplateProblem(folder.name[:60], 0, f"The folder has more than {MOST_FILES} templates.")]
    for name in names:
        try:
            files[name] = read_plain(folder / name, _LONGEST_FILE).decode("utf-8-sig")
        except UnicodeDecodeError:
            problems.append(TemplateProblem(name, 0, "The file is not UTF-8 text."))
        except OSError as error:
            problems.append(TemplateProblem(name, 0, f"The file cannot be read: {error.strerror or 'it is no plain file'}."))
    return files, problems


def facts_of(unit: Unit, desk: Desk, entry: EntryState, client: Client | None, kind: str, *, what: str = "") -> Facts:
    """Return what a message of a kind tells of an entry as it is now, on the desk's day.

    Of a change it is the time before the last move, of an earlier time that is offered the appointment that the claimant has.
    """
    catalogue = desk.catalogue(unit)
    diary = catalogue.diaries.get(entry.diary)
    return Facts(
        catalogue.site,
        entry,
        catalogue.types.get(entry.type or ""),
        desk.now.date(),
        name="" if client is None else client.name,
        phone="" if client is None else client.phone,
        address="" if client is None else client.address,
        coach="" if diary is None else diary.coach,
        old=_old(unit, desk.site, entry, kind),
        reason=(entry.reason or "") if kind == messages.CANCELLATION else "",
        what=what,
    )


def _old(unit: Unit, site: str, entry: EntryState, kind: str) -> EntryState | None:
    if kind == messages.SOONER and entry.moving is not None:
        return entry_queries.get(unit, site, entry.moving)
    if kind != messages.CHANGE:
        return None
    for event in reversed(log_queries.of_entry(unit, site, entry.id)):
        before = event.before
        if before is not None and before["day"] and (before["day"], before["start"]) != (entry.day.isoformat(), entry.start):
            return entry_from_state(entry.id, before)
    return None


def words_for(
    desk: Desk,
    library: Library,
    entry_id: str,
    *,
    kind: str | None = None,
    channel: str = messages.LETTER,
    language: str | None = None,
    why: str = "letter",
    large_print: bool = False,
    supposed: bool = False,
) -> Printed | Refused:
    """Return what is to be said of an appointment by a channel; a look at its claimant is recorded.

    Without `kind` it is what there is to say of it as it is now, without `language` the claimant's; `supposed` is for looking
    at what would be said if it were cancelled, for example. Refused for a person who does not see names, for an entry that the
    site has not or that is no appointment of a claimant, for what is not true of it, and where the templates have problems or
    none is in force.
    """
    refused = _may_not(desk)
    if refused is not None:
        return refused
    if library.problems:
        return Refused("templates", f"The templates cannot be used: {library.problems[0]} (agent-tui templates check)")
    with desk.store.read() as unit:
        entry = entry_queries.get(unit, desk.site, entry_id)
        client = None if entry is None or entry.client is None else client_queries.get(unit, desk.site, entry.client)
        if entry is None:
            return Refused("unknown_entry", f"There is no appointment {entry_id[:40]}.", id=entry_id)
        if client is None:
            return Refused("not_possible", "This is no claimant's appointment, so there is nobody to write to.", id=entry.id)
        said = kind or next((one for one, statuses in _TRUE_OF.items() if entry.status in statuses), None)
        if said is None or not (supposed or entry.status in _TRUE_OF[said]):
            what = "nothing to say" if said is None else f"no {said}"
            return Refused("not_possible", f"Of an appointment that is {entry.status} there is {what}.", id=entry.id)
        facts = facts_of(unit, desk, entry, client, said)
    if said in (messages.CHANGE, messages.SOONER) and facts.old is None:
        text = "This appointment has not been moved." if said == messages.CHANGE else "This is no earlier time that is offered."
        return Refused("not_possible", text, id=entry.id)
    record_looks(desk, [client.ref], why)
    code = language or messages.language_of(client)
    template = pick(library, said, channel, code, facts.today)
    if template is None:
        return Refused("templates", f"No {said} by {channel} is in force on {short_date(facts.today)}.", id=entry.id)
    fields = fields_of(facts, library.called, template.language)
    words = render(template, fields, large_print=large_print)
    text = letter_text(template, words, fields) if channel == messages.LETTER else words.body + "\n"
    return Printed(entry, template, words, text)


def form(desk: Desk, library: Library, entry_id: str | None, *, large_print: bool = False) -> Printed | Refused:
    """Return the appointment-details form, blank or filled for an appointment or a hold; a look at its claimant is recorded.

    Refused as `words_for`. Source: seeds/sop-slot-allocation.txt, section 7 (standardized forms for appointment details).
    """
    if library.problems:
        return Refused("templates", f"The templates cannot be used: {library.problems[0]} (agent-tui templates check)")
    entry: EntryState | None = None
    client: str | None = None
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        today = desk.now.date()
        fields = dict.fromkeys(KINDS[FORM].fields, "") | {"today": letter_date(today)}
        fields |= {"office": catalogue.site.name, "office phone": catalogue.site.phone}
        if entry_id is not None:
            refused = _may_not(desk)
            entry = entry_queries.get(unit, desk.site, entry_id)
            if refused is not None:
                return refused
            if entry is None or (entry.kind == "block" and entry.client is None):
                return Refused("unknown_entry", f"There is no appointment {entry_id[:40]}.", id=entry_id)
            fields |= _form_fields(unit, desk.site, catalogue, entry)
            client = entry.client
    template = pick(library, FORM, PAPER, "en", today)
    if template is None:
        return Refused("templates", f"No form is in force on {short_date(today)}.")
    if client is not None:
        record_looks(desk, [client], "form")
    words = render(template, fields, large_print=large_print)
    return Printed(entry, template, words, form_text(words))


def _may_not(desk: Desk) -> Refused | None:
    if sees_names(desk):
        return None
    return Refused("role", "What is written to claimants is seen by agents, coaches, team leaders and supervisors.")


def _form_fields(unit: Unit, site: str, catalogue: Catalogue, entry: EntryState) -> dict[str, str]:
    """Return what is known of an appointment for the form."""
    zone = catalogue.site.zone
    staff = catalogue_queries.staff_names(unit, site)
    kind, diary = catalogue.types.get(entry.type or ""), catalogue.diaries.get(entry.diary)
    rooms = [catalogue.rooms[code].name for code in entry.resources[1:] if code in catalogue.rooms]
    asked = work_queries.asked_for(unit, site, entry.id)
    notes = work_queries.notes_of(unit, site, entry.id)
    return {
        **_client_fields(None if entry.client is None else client_queries.get(unit, site, entry.client)),
        "asked on": _instant(entry.made_at if asked is None else asked[1], zone),
        "asked by": entry.contact or "",
        "taken by": staff.get(entry.made_by, entry.made_by),
        "client": entry.client or "",
        "type": "" if kind is None else kind.name,
        "type code": entry.type or "",
        "length": length_words((entry.end - entry.start) * MINUTES_PER_TICK),
        "meeting": {"f2f": "face to face", "phone": "by phone", "video": "by video"}.get(entry.channel or "", ""),
        "priority": entry.priority,
        "why priority": "\n".join(body for note, body in notes if note == "priority"),
        "needs": ", ".join(entry.needs),
        "wanted": "" if asked is None else _wanted(asked[0]),
        "date": date_words(entry.day),
        "start": time_words(entry.start),
        "end": time_words(entry.end),
        "coach": "" if diary is None else diary.coach,
        "diary": entry.diary,
        "resources": ", ".join(rooms),
        "reference": entry.id,
        "status": f"{entry.kind}, {entry.status}",
        "notes": "\n".join(body for note, body in notes if note == "note"),
        "flags": ", ".join(flag.kind.replace("_", " ") for flag in flag_queries.open_of(unit, site, entry.id)),
        **_told(unit, site, entry, staff, zone),
    }


def _client_fields(client: Client | None) -> dict[str, str]:
    if client is None:
        return {}
    return {
        **{"name": client.name, "national reference": client.reference, "phone number": client.phone, "email": client.email},
        **{"address": client.address, "language": client.language, "access needs": client.access_needs},
        "preferred channel": client.preferred_channel,
    }


def _wanted(wanted: dict[str, object]) -> str:
    """Return the days and times that a call asked for."""
    days = [str(wanted[name]) for name in ("from", "until") if wanted.get(name)] or [str(wanted.get("day") or "")]
    return ", ".join(part for part in (" to ".join(days), str(wanted.get("time") or wanted.get("start") or "")) if part)


def _told(unit: Unit, site: str, entry: EntryState, staff: dict[str, str], zone: str) -> dict[str, str]:
    """Return how, when and by whom the claimant was told of an appointment, as far as it was."""
    said = message_queries.of_entry(unit, site, entry.id)
    done = [one for one in said if one.status in _TOLD and one.kind in messages.TO_CLAIMANTS]
    told = [
        f"{one.kind} by {one.channel or messages.PHONE}{_sent(one.sent_at, zone)}" for one in done if one.kind != messages.NOTE
    ]
    who = dict.fromkeys(staff.get(one.told_by, one.told_by) for one in done if one.told_by)
    return {"told": ", ".join(told), "told by": ", ".join(who)}


def _sent(at: int | None, zone: str) -> str:
    return "" if at is None else f" on {_instant(at, zone)}"


def _instant(at: int, zone: str) -> str:
    wall = wall_of(at, zone)
    return f"{date_words(wall.date())}, {wall:%H:%M}"
