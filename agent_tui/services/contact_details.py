"""Phone numbers and e-mail addresses, looked at in one place: at the form, the command and the import, not at the provider.

Nothing of the store is imported, so that a form can ask while somebody types. The sentences fit into its line.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from agent_tui.domain.cleaning import clean
from agent_tui.domain.client_details import DetailProblem, client_problems
from agent_tui.domain.clients import Client
from agent_tui.domain.messages import EMAIL, SMS

HOME: Final = "GB"
LEAST_AT_HOME: Final = 9
"""Digits after the 0 that a number here has at least, but for a few such as 0800 1111."""
_NO_NUMBER: Final = "This is no phone number; write it as 0113 496 0000 ext 12."
_TOO_SHORT: Final = "The phone number has too few digits; say 0113 496 0000."
_TOO_LONG: Final = "The phone number has too many digits; say 0113 496 0000."
_FOR_DRAMA: Final = re.compile(r"(7700900|1632960|3069990|8081570|9098790)[0-9]{3}", re.ASCII)
"""Numbers that belong to nobody and are kept for examples. Source: Ofcom, "Telephone numbers for use in TV and radio drama"."""
_RELAY: Final = re.compile(r"\s*1800[12]\s*(?=[0+])")
"""The prefix of Relay UK, by which somebody who does not hear is called. Source: relayuk.bt.com, 18001 and 18002."""


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number in E.164 form, its extension or "", and whether a text can be sent to it."""

    e164: str
    extension: str
    mobile: bool


def problems_of(client: Client) -> list[DetailProblem]:
    """Return all that is wrong with a claimant's details, each with its field and a sentence that says what to write."""
    return [*client_problems(client), *_reachable(client)]


def _reachable(client: Client) -> list[DetailProblem]:
    problems = []
    if client.phone:
        phone = phone_number(client.phone)
        if isinstance(phone, str):
            problems.append(DetailProblem("phone", phone))
        elif client.preferred_channel == SMS and not phone.mobile:
            problems.append(DetailProblem("phone", "sms is preferred: a mobile number without extension is needed."))
    if client.email:
        problem = email_problem(client.email)
        if problem is not None:
            problems.append(DetailProblem("email", problem))
    return problems


def phone_number(text: str) -> PhoneNumber | str:
    """Return the number that a text is, one without a country's code being of the United Kingdom, or the sentence why it is none.

    Blanks, brackets and hyphens, an extension (ext 12, x12) and the prefix of Relay UK are taken.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(_RELAY.sub("", text), HOME)
    except phonenumbers.NumberParseException as error:
        return _unreadable(error.error_type)
    problem = _number_problem(number)
    if problem is not None:
        return problem
    kind = phonenumbers.number_type(number)
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    extension = number.extension or ""
    mobile = not extension and (kind in kinds or (_is_home(number) and str(number.national_number).startswith("7700900")))
    plain = phonenumbers.PhoneNumber(country_code=number.country_code, national_number=number.national_number)
    plain.italian_leading_zero, plain.number_of_leading_zeros = number.italian_leading_zero, number.number_of_leading_zeros
    return PhoneNumber(phonenumbers.format_number(plain, phonenumbers.PhoneNumberFormat.E164), extension, mobile)


def _unreadable(kind: int) -> str:
    from phonenumbers import NumberParseException as Kinds

    if kind == Kinds.INVALID_COUNTRY_CODE:
        return "No country has the code with which the phone number begins."
    if kind == Kinds.TOO_LONG:
        return _TOO_LONG
    return _TOO_SHORT if kind in (Kinds.TOO_SHORT_NSN, Kinds.TOO_SHORT_AFTER_IDD) else _NO_NUMBER


def _number_problem(number: Any) -> str | None:
    import phonenumbers

    digits = str(number.national_number)
    if phonenumbers.is_valid_number(number) or (_is_home(number) and _FOR_DRAMA.fullmatch(digits)):
        return None
    reasons = phonenumbers.ValidationResult
    possible = phonenumbers.is_possible_number_with_reason(number)
    short = possible in (reasons.TOO_SHORT, reasons.IS_POSSIBLE_LOCAL_ONLY)
    if short or (_is_home(number) and len(digits) < LEAST_AT_HOME):
        return _TOO_SHORT
    if possible == reasons.TOO_LONG:
        return _TOO_LONG
    what = "UK phone number" if _is_home(number) else f"phone number at +{number.country_code}"
    return f"No such {what}: is a digit missing or wrong?"


def _is_home(number: Any) -> bool:
    return bool(number.country_code == 44)


def email_problem(text: str) -> str | None:
    """Return what is wrong with an e-mail address as a sentence, or None; nothing is asked of the network."""
    found = _email(text)
    return found if isinstance(found, str) else None


def email_to(text: str) -> str | None:
    """Return an e-mail address as a mail server takes it, its domain in ASCII; None for one that is none."""
    found = _email(text)
    return None if isinstance(found, str) else str(found.ascii_email)


def deliverable(channel: str, address: str) -> str:
    """Return a claimant's number or address as a sender of a channel takes it, empty where it takes none such."""
    if channel == SMS:
        number = phone_number(address) if address else ""
        return number.e164 if isinstance(number, PhoneNumber) and number.mobile else ""
    return (email_to(address) or "") if channel == EMAIL and address else address


def _email(text: str) -> Any:
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        why = clean(str(error), limit=160).rstrip(".").replace("period", "full stop").replace("email", "e-mail")
        return f"No e-mail address: {why[:1].lower()}{why[1:]}."


def prepare() -> None:
    """Load what the first look needs, so that nobody who types waits for it."""
    phone_number("0113 496 0000")
    email_problem("name@example.org")
