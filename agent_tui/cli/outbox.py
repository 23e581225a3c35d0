"""outbox, told, send and remind: what claimants, coaches and the service desk are told, and whether they were."""

import re
from collections.abc import Mapping
from os import environ
from typing import Annotated, NoReturn

import typer

from agent_tui.cli.answers import REFUSED, answer
from agent_tui.cli.empties import Object
from agent_tui.cli.empty_messages import empty_message, empty_outbox, empty_reminders, empty_sent
from agent_tui.cli.progress import BAR_AFTER_SECONDS, progress_bar
from agent_tui.cli.reading import read_choice, read_id, read_whole, read_words
from agent_tui.cli.session import Session
from agent_tui.domain.delivery import Delivery
from agent_tui.domain.message_story import message_line, reminded_lines, sent_lines
from agent_tui.domain.messages import PREFERENCES, STATUSES, Message
from agent_tui.domain.requests import Refused
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import iso_instant

Reference = Annotated[str, typer.Argument(metavar="REFERENCE", help="The message's reference, as outbox list shows it.")]
RequestUuid = Annotated[str | None, typer.Option("--id", help="UUID of this request.")]
LONGEST_REFERENCE = 200
_REFERENCE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[a-z_]+\.[A-Za-z0-9._-]{1,100}", re.ASCII)


def _read_reference(text: str) -> str:
    """Return a reference; one in its form names nobody, though its digits can look like those of a phone number."""
    said = text.strip()
    return said if _REFERENCE.fullmatch(said) else read_words("REFERENCE", text, LONGEST_REFERENCE)


def message_object(one: Message) -> Object:
    """Return a message as an object: codes and instants, no words of it and nobody's name."""
    return {
        **{"reference": one.reference, "kind": one.kind, "status": one.status, "channel": one.channel},
        **{"entry": one.entry, "ticket": one.ticket or one.support_ticket, "client": one.client, "version": one.version},
        **{"on": one.on, "start": None if one.start is None else clock(one.start)},
        **{"language": one.language, "template": one.template, "day": one.day, "rule": one.rule},
        **{"made_at": iso_instant(one.made_at), "next_at": iso_instant(one.next_at) if one.waits else None},
        **{"attempts": one.attempts, "error": one.error, "provider_id": one.provider_id, "told_by": one.told_by},
        "sent_at": None if one.sent_at is None else iso_instant(one.sent_at),
    }


def outbox_list(
    context: typer.Context,
    status: Annotated[str | None, typer.Option("--status", help=f"Only one of: {', '.join(STATUSES)}.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", help="Show at most so many.")] = None,
) -> None:
    """List messages, those to be sent first: agent-tui outbox list --status failed"""
    session: Session = context.obj
    wanted = STATUSES if status is None else (read_choice("--status", status, STATUSES),)
    read_whole("--limit", limit, 1, 1_000_000)
    with session.desk() as desk:
        from agent_tui.services import messages as service

        found = service.outbox(desk, wanted, limit)
        zone = service.zone_of(desk)
    shown = empty_outbox() | {
        **{"status": "list", "total": found.total, "counts": dict(found.counts)},
        "items": [message_object(one) for one in found.items],
    }
    nothing = "The outbox has no message." if status is None else f"No message has the status {status}."
    answer(session.as_json, shown, [message_line(one, zone) for one in found.items] or [nothing])


def outbox_show(context: typer.Context, reference: Reference) -> None:
    """Show a message, with its words as they would go out now: agent-tui outbox show REFERENCE"""
    session: Session = context.obj
    wanted = _read_reference(reference)
    with session.desk() as desk:
        from agent_tui.services import previews as service
        from agent_tui.services.messages import zone_of

        found = service.preview(desk, wanted, session.settings.templates)
        zone = zone_of(desk)
    if isinstance(found, Refused):
        _refuse(session, found, empty_message())
    shown = empty_message() | {
        **{"status": "message", "messages": 1, "message": message_object(found.message)},
        **{"subject": found.subject, "body": found.body, "parts": found.parts, "reason": found.why_not},
    }
    lines = [message_line(found.message, zone), *([found.why_not] if found.why_not else [])]
    if found.body is not None:
        lines += ["", *([found.subject, ""] if found.subject else []), *found.body.split("\n")]
    answer(session.as_json, shown, lines)


def _refuse(session: Session, refused: Refused, empty: Object) -> NoReturn:
    shown = empty | {"code": refused.code, "reason": refused.reason}
    answer(session.as_json, shown, [], code=REFUSED, sentence=refused.reason)
    raise AssertionError


def outbox_retry(
    context: typer.Context,
    reference: Annotated[str | None, typer.Argument(metavar="[REFERENCE]", help="The message's reference.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every message that failed.")] = False,
    id: RequestUuid = None,
) -> None:
    """Let a message that failed be sent again, or all of them: agent-tui outbox retry --all"""
    from agent_tui.cli.answers import Malformed

    session: Session = context.obj
    if (reference is None) != every:
        raise Malformed("Say which message by its reference, or --all.")
    wanted, request = None if reference is None else _read_reference(reference), read_id(id)
    with session.desk() as desk:
        from agent_tui.services import messages as service

        done = service.retry_all(desk) if wanted is None else service.retry(desk, wanted, id=request)
    _show_settled(session, done, {"retried": "{count} to be sent again."})


def outbox_drop(context: typer.Context, reference: Reference, id: RequestUuid = None) -> None:
    """Say that a message is not to be sent: agent-tui outbox drop REFERENCE"""
    session: Session = context.obj
    wanted, request = _read_reference(reference), read_id(id)
    with session.desk() as desk:
        from agent_tui.services import messages as service

        done = service.drop_one(desk, wanted, id=request)
    _show_settled(session, done, {"dropped": "{count} dropped."})


def outbox_channel(
    context: typer.Context,
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="The appointment's id.")],
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help=f"One of: {', '.join(PREFERENCES)}.")],
    once: Annotated[bool, typer.Option("--once", help="This time only; the claimant's preference stays as it is.")] = False,
    id: RequestUuid = None,
) -> None:
    """Say how the claimant of an appointment is told, now and from now on: agent-tui outbox channel ENTRY sms"""
    session: Session = context.obj
    about, request = read_id(entry, "ENTRY") or "", read_id(id)
    wanted = read_choice("CHANNEL", channel, PREFERENCES)
    with session.desk() as desk:
        from agent_tui.services import messages as service

        done = service.choose(desk, about, wanted, remember=not once, id=request)
    _show_settled(session, done, {"chosen": "{count} to go that way."})


def told(context: typer.Context, entry: Annotated[str, typer.Argument(metavar="ENTRY", help="The appointment's id.")]) -> None:
    """Say that the claimant of an appointment was told by phone: agent-tui told ENTRY"""
    session: Session = context.obj
    about = read_id(entry, "ENTRY") or ""
    with session.desk() as desk:
        from agent_tui.services import messages as service

        done = service.tell(desk, about)
    _show_settled(session, done, {"told": "{count} told by phone."})


def _show_settled(session: Session, done: object, words: Mapping[str, str]) -> None:
    from agent_tui.services.messages import Settled

    if isinstance(done, Refused):
        _refuse(session, done, empty_message())
    assert isinstance(done, Settled)
    count = f"{done.messages} message{'' if done.messages == 1 else 's'}"
    shown = empty_message() | {
        **{"status": done.status, "repeated": done.repeated, "messages": done.messages},
        "message": None if done.message is None else message_object(done.message),
    }
    answer(session.as_json, shown, [words[done.status].format(count=count)])


def send(
    context: typer.Context, limit: Annotated[int | None, typer.Option("--limit", help="Send at most so many.")] = None
) -> None:
    """Send the messages whose time has come; several may run at once, and none is sent twice: agent-tui send"""
    session: Session = context.obj
    read_whole("--limit", limit, 1, 1_000_000)
    settings = session.settings
    delivery = Delivery(settings.notify, settings.smtp, settings.tickets)
    with session.desk() as desk, progress_bar(after=BAR_AFTER_SECONDS) as tell:
        from agent_tui.services.posting import post_office
        from agent_tui.services.sending import as_answer
        from agent_tui.services.sending import send as send_messages

        places = {"secrets": settings.secrets, "templates": settings.templates, "letters": settings.letters}
        with post_office(delivery, environ, **places) as office:
            done = send_messages(desk, office.senders, office.composer, limit=limit, tell=tell)
            shown = empty_sent() | as_answer(done, office.missing)
    answer(session.as_json, shown, sent_lines(shown))


def remind(
    context: typer.Context, dry_run: Annotated[bool, typer.Option("--dry-run", help="Show only what would be queued.")] = False
) -> None:
    """Queue the reminders that are due by now; show them first: agent-tui remind --dry-run"""
    session: Session = context.obj
    with session.desk() as desk:
        from agent_tui.services.reminding import remind as service

        done = service(desk, dry_run=dry_run)
    items: list[Object] = [
        {
            **{"reference": one.reference, "kind": one.kind, "entry": one.entry, "client": one.client, "type": one.type},
            **{"day": one.day.isoformat(), "start": clock(one.start), "rule": one.rule, "channel": one.channel},
        }
        for one in done.items
    ]
    shown = empty_reminders() | {
        **{"status": "queued" if done.queued else "due", "total": len(items), "items": items},
        **{"too_late": done.too_late, "without": done.without},
    }
    answer(session.as_json, shown, reminded_lines(done))


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Messages: what waits, what failed, what was sent: agent-tui outbox list --status failed")
    group.command("list")(outbox_list)
    group.command("show")(outbox_show)
    group.command("retry")(outbox_retry)
    group.command("drop")(outbox_drop)
    group.command("channel")(outbox_channel)
    app.add_typer(group, name="outbox")
    app.command("told")(told)
    app.command("send")(send)
    app.command("remind")(remind)
