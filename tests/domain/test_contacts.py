"""The list of contacts that comes along, and what a list or a contact may not be."""

from pathlib import Path

import pytest

from agent_tui.domain.contacts import BadContacts, Contact, contact_problems, read_contacts
from agent_tui.resources import data_file


def test_the_list_that_comes_along_begins_with_level_one() -> None:
    found = read_contacts(data_file("contacts.csv"))
    assert [one.level for one in found] == sorted(one.level for one in found)
    assert found[0].level == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("contact,name\n", "The first line"),
        ("contact,level,name,reach,hours\na1,one,A,b,c\n", "Line 2"),
        ("contact,level,name,reach,hours\na1,0,A,b,c\n", "level"),
        ("contact,level,name,reach,hours\nA 1,1,A,b,c\n", "code"),
        ("contact,level,name,reach,hours\na1,1,,b,c\n", "name"),
        ("contact,level,name,reach,hours\na1,1,A,,c\n", "reached"),
    ],
)
def test_a_bad_list_is_refused_with_the_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadContacts, match=said):
        read_contacts(path)


def test_a_contact_without_anything_says_all_that_is_missing() -> None:
    assert len(contact_problems(Contact("", 99, "", ""))) == 4
