"""Phones and e-mail addresses as people write them: which are taken, what a text goes to, and what is said of the others."""

import pytest

from agent_tui.domain.clients import Client
from agent_tui.services.contact_details import PhoneNumber, email_problem, email_to, phone_number, problems_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("07911 123456", PhoneNumber("+447911123456", "", True)),
        ("+44 (0)7911 123456", PhoneNumber("+447911123456", "", True)),
        ("0044 7911-123456", PhoneNumber("+447911123456", "", True)),
        ("07700 900123", PhoneNumber("+447700900123", "", True)),
        ("(0113) 496 0000", PhoneNumber("+441134960000", "", False)),
        ("0113 496 0000 ext 12", PhoneNumber("+441134960000", "12", False)),
        ("07911 123456 x9", PhoneNumber("+447911123456", "9", False)),
        ("01632 960001", PhoneNumber("+441632960001", "", False)),
        ("0800 1111", PhoneNumber("+448001111", "", False)),
        ("18001 020 7946 0123", PhoneNumber("+442079460123", "", False)),
        ("+353 1 234 5678", PhoneNumber("+35312345678", "", False)),
        ("+39 06 6982 1234", PhoneNumber("+390669821234", "", False)),
        ("+1 202 555 0123", PhoneNumber("+12025550123", "", True)),
    ],
)
def test_a_number_as_people_write_it(text: str, number: PhoneNumber) -> None:
    assert phone_number(text) == number


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("12345", "too few digits; say 0113"),
        ("496 0000", "too few digits"),
        ("999", "too few digits"),
        ("07911 12345", "No such UK phone number"),
        ("07911 1234567", "too many digits"),
        ("07700 9001234", "too many digits"),
        ("07700 90012", "is a digit missing"),
        ("+353 1", "too few digits"),
        ("+353 1 23", "too few digits"),
        ("+999 123 4567", "No country"),
        ("no number", "no phone number"),
        ("+44", "no phone number"),
        ("\N{ARABIC-INDIC DIGIT ONE}" * 30, "too many digits"),
        ("0" * 251, "digits"),
        ("0" * 40, "too many digits"),
    ],
)
def test_what_is_no_number_is_told_with_an_example(text: str, word: str) -> None:
    said = phone_number(text)
    assert isinstance(said, str)
    assert word in said
    assert said.endswith((".", "?"))
    assert len(said) <= 60


@pytest.mark.parametrize("text", ["sana@example.com", "s.o'neil+jobs@mail.example.co.uk", "sana@bücher.de"])
def test_an_address_as_people_write_it(text: str) -> None:
    assert email_problem(text) is None
    assert email_to("sana@bücher.de") == "sana@xn--bcher-kva.de"


@pytest.mark.parametrize(
    "text", ["nobody", "a b@x.y", "@b.uk", "a@", "a@b", "a..b@c.uk", "a@@b.uk", "é@b.uk", "A <a@b.uk>", "a@b.uk,c@d.uk"]
)
def test_what_is_no_address_is_told_with_the_reason(text: str) -> None:
    said = email_problem(text)
    assert said is not None
    assert said.startswith("No e-mail address: ")
    assert said.endswith(".")
    assert email_to(text) is None


@pytest.mark.parametrize(
    ("client", "field", "word"),
    [
        (Client("", "Khan", phone="12345"), "phone", "too few"),
        (Client("", "Khan", email="nobody"), "email", "No e-mail address"),
        (Client("", "Khan", preferred_channel="sms"), "phone", "a phone number is needed"),
        (Client("", "Khan", preferred_channel="sms", phone="0113 496 0000"), "phone", "mobile"),
        (Client("", "Khan", preferred_channel="email"), "email", "an e-mail address is needed"),
        (Client("", "Khan", preferred_channel="letter"), "address", "an address is needed"),
        (Client("", "Khan", preferred_channel="pigeon"), "preferred_channel", "sms, email, letter or phone"),
        (Client("", "Khan", address="12 High Street\nLeeds"), "address", "postcode"),
        (Client("", "Khan", address="Leeds\nLS1 4AP"), "address", "3 to 7 parts"),
    ],
)
def test_each_mistake_is_told_once_under_its_field(client: Client, field: str, word: str) -> None:
    (problem,) = problems_of(client)
    assert (problem.field, word in problem.text) == (field, True)


def test_a_claimant_who_can_be_written_to_has_no_problems() -> None:
    for channel in ("sms", "email", "letter", "phone", ""):
        client = Client("", "Khan", "07911 123456", "", "s@example.com", "", "", channel, "1 High St\nLeeds\nls1 4ap")
        assert problems_of(client) == []
