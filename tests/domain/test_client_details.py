"""A claimant's details as people write them: the channel, the address, and what is said of each that is wrong."""

import pytest

from agent_tui.domain.client_details import address_text, client_problems, read_address, read_preference
from agent_tui.domain.clients import Client


def test_a_sound_claimant_has_no_problems() -> None:
    assert client_problems(Client("C000001", "Sana Khan", "", "QQ 12 34 56 A", "", "Urdu", "hearing loop")) == []
    assert client_problems(Client("C000001", "Khan")) == []


@pytest.mark.parametrize(("client", "field"), [(Client("", ""), "name"), (Client("", "Khan", reference="12345"), "reference")])
def test_each_mistake_is_told_once(client: Client, field: str) -> None:
    (problem,) = client_problems(client)
    assert problem.field == field
    assert problem.text.endswith(".")


@pytest.mark.parametrize(
    ("said", "channel"),
    [
        *(
            ("SMS", "sms"),
            ("Text", "sms"),
            ("text message", "sms"),
            ("E-mail", "email"),
            ("email", "email"),
            ("by post", "letter"),
        ),
        *(("Letter", "letter"), ("telephone", "phone"), ("", ""), ("Pigeon", "Pigeon")),
    ],
)
def test_a_channel_in_the_words_that_people_use(said: str, channel: str) -> None:
    assert read_preference(said) == channel


def test_an_address_in_one_line_or_in_several_is_the_same() -> None:
    lines = "Flat 2\n12 High Street\nLeeds\nLS1 4AP"
    for text in (lines, "Flat 2, 12  High Street,Leeds , LS1 4AP", "Flat 2,\n\n12 High Street\nLeeds\r\n, LS1 4AP,"):
        assert read_address(text) == lines
    assert read_address(address_text(lines)) == lines
    assert (read_address(" ,\n"), address_text("")) == ("", "")


@pytest.mark.parametrize("postcode", ["LS1 4AP", "ls14ap", "SW1A 2AA", "BF1 0AX", "GIR 0AA"])
def test_every_form_of_a_postcode_ends_an_address(postcode: str) -> None:
    assert client_problems(Client("", "Khan", address=f"1 High Street\nLeeds\n{postcode}")) == []
