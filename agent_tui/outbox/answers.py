"""What a provider's answer means for a message: by status code or by the name of an error, never by its words."""

import logging
import re
from typing import Final

from agent_tui.domain.messages import Undelivered

UNREACHABLE, NO_ANSWER, BUSY, DAILY_LIMIT, TROUBLE = "unreachable", "no_answer", "busy", "daily_limit", "trouble"
"""Codes after which the same message is tried again: the provider's side."""
NOT_LET_IN, NOT_SET_UP = "not_let_in", "not_set_up"
"""Codes of a fault of the set-up: tried again once somebody may have mended it."""
NOT_ARRIVED = "not_arrived"
"""Code of a message that the provider took and could not deliver; it may arrive another time."""
REFUSED, BAD_RECIPIENT, PERSONAL = "refused", "bad_recipient", "personal"
"""Codes of a fault of the message itself, which no second attempt mends."""

SET_UP_WAIT: Final = 900
LONGEST_WAIT: Final = 86_400
_NOISY: Final = ("notifications_python_client", "jira", "urllib3", "requests")


def of_status(provider: str, status: int, retry_after: str | None = None) -> Undelivered:
    """Return what an HTTP status of a provider's means; `retry_after` is the header of that name."""
    after = _seconds(retry_after)
    if status in (401, 403):
        text = f"{provider} does not let this desk in ({status}): look at its key and at this computer's clock."
        return Undelivered(NOT_LET_IN, text, again=True, after=SET_UP_WAIT)
    if status == 429:
        return Undelivered(BUSY, f"{provider} asks to wait: too many messages at once.", again=True, after=after)
    if status in (408, 425) or status >= 500:
        return Undelivered(TROUBLE, f"{provider} has trouble of its own ({status}).", again=True, after=after)
    if status in (404, 405, 410):
        text = f"{provider} is not at the address that the settings name ({status})."
        return Undelivered(NOT_SET_UP, text, again=True, after=SET_UP_WAIT)
    if status < 400:
        return no_answer(provider)
    return Undelivered(REFUSED, f"{provider} refused the message ({status}).", again=False)


def unreachable(provider: str) -> Undelivered:
    """Return what it means that a provider could not be spoken to, or broke off."""
    return Undelivered(UNREACHABLE, f"{provider} cannot be reached.", again=True)


def no_answer(provider: str) -> Undelivered:
    """Return what it means that a provider's answer was none: it may have taken the message."""
    return Undelivered(NO_ANSWER, f"{provider} gave no answer that can be read.", again=True)


def _seconds(retry_after: str | None) -> int | None:
    # The header may also be a date; a wait that is not named is the caller's to choose.
    if retry_after is None or not re.fullmatch(r"[0-9]{1,9}", retry_after.strip(), re.ASCII):
        return None
    return min(int(retry_after), LONGEST_WAIT)


def keep_quiet() -> None:
    """Keep providers' libraries from logging: what they say can name a recipient, and would be written over the screen."""
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
