"""The app as a sender: while it is open it queues reminders and sends what is due, in rounds, where its settings say so."""

from collections.abc import Callable
from contextlib import suppress
from os import environ
from threading import Event, Thread
from typing import TYPE_CHECKING

from agent_tui.domain.delivery import Delivery
from agent_tui.settings import Settings

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

MOST_IN_A_ROUND = 100
"""Messages of one round, so that the program ends soon after somebody leaves it."""


def start_rounds(settings: Settings, desk: "Callable[[], Desk]", stop: Event) -> Thread | None:
    """Start the thread that sends every `send_every` seconds until `stop` is set, and return it; None where that is 0.

    Whatever troubles a provider or the store waits for the next round; a booking never waits for any of it.
    """
    if not settings.send_every:
        return None
    thread = Thread(target=_rounds, args=(settings, desk, stop), name="sender", daemon=True)
    thread.start()
    return thread


def _rounds(settings: Settings, desk: "Callable[[], Desk]", stop: Event) -> None:
    from agent_tui.services.trouble import DeskRefused, StoreTrouble

    while not stop.wait(settings.send_every):
        with suppress(StoreTrouble, DeskRefused):
            one_round(settings, desk(), stop)


def one_round(settings: Settings, desk: "Desk", stop: Event) -> None:
    """Queue the reminders that are due, then send what is due until `stop` is set; raises what the store raises."""
    from agent_tui.services.posting import post_office
    from agent_tui.services.reminding import remind
    from agent_tui.services.sending import send

    def until_stopped(_what: str, _done: int, _total: int) -> None:
        if stop.is_set():
            raise KeyboardInterrupt

    remind(desk)
    delivery = Delivery(settings.notify, settings.smtp, settings.tickets)
    places = {"secrets": settings.secrets, "templates": settings.templates, "letters": settings.letters}
    with post_office(delivery, environ, **places) as office:
        send(desk, office.senders, office.composer, limit=MOST_IN_A_ROUND, tell=until_stopped)
