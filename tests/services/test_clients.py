"""Claimants: found by any part that is known, made once, and every look at one is recorded."""

from dataclasses import replace
from typing import Any

import pytest

from agent_tui.domain.clients import Client
from agent_tui.domain.requests import Refused, Wish
from agent_tui.domain.site import Staff
from agent_tui.services.acts import request_id
from agent_tui.services.claimants import (
    Added,
    Edited,
    add_client,
    edit_client,
    find_clients,
    get_client,
    list_clients,
    names_of,
    sees_names,
)
from agent_tui.services.desk import Desk
from agent_tui.services.looks import write_looks
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import log as log_queries
from tests.services.conftest import House, uid

ZOE = Client("", "Zoë Ní Dhónaill", "+44 113 496 0099", "qq 12 34 56 a", "zoe@example.com", "Irish", "hearing loop")


def added(house: House, client: Client = ZOE, **more: str) -> Client:
    """Return a claimant who was added."""
    made = add_client(house.desk(), client, **more)
    assert isinstance(made, Added), made
    return made.client


def looks(house: House) -> list[tuple[object, ...]]:
    """Return who looked at whom and why."""
    return sorted(house.rows("SELECT who, client, why FROM access WHERE site = ?"))


def test_a_new_claimant_gets_the_next_opaque_id(house: House) -> None:
    made = added(house)
    assert made.ref == "C000011"
    assert added(house, replace(ZOE, name="Another")).ref == "C000012"
    assert get_client(house.desk(), "C000011") == made


@pytest.mark.parametrize(
    "words",
    [
        "zoe",
        "ZOË NI",
        "dhonaill",
        "Dhónaill",
        "C000011",
        "c000011",
        "0113 496 0099",
        "01134960099",
        "+441134960099",
        "QQ123456",
        "qq 12 34",
        "dhonaill zoe",
        "ni, z",
        "dho ni zo",
    ],
)
def test_a_claimant_is_found_by_the_beginning_of_any_part(house: House, words: str) -> None:
    made = added(house)
    assert made.ref in [one.ref for one in find_clients(house.desk(), words).items]


@pytest.mark.parametrize("words", ["", "   ", "\0", "%", "_", "%%%%", "____", "\\", "'; drop table client; --", "zoex", "onaill"])
def test_what_begins_no_part_finds_nobody_and_breaks_nothing(house: House, words: str) -> None:
    added(house)
    assert find_clients(house.desk(), words).items == ()
    assert house.rows("SELECT COUNT(*) FROM client WHERE site = ?") == [(11,)]


@pytest.mark.parametrize(
    "words", ["o'hara", "O\u2019HARA", "ohara", "hara", "lee", "o'hara-lee ann", "ann lee", "lee, a", "o\u2019hara\u2010l"]
)
def test_a_name_of_several_parts_is_found_by_each_of_them(on_sqlite: House, words: str) -> None:
    made = added(on_sqlite, Client("", "Ann O\u2019Hara-Lee"))
    assert [one.ref for one in find_clients(on_sqlite.desk(), words).items] == [made.ref]


HOSTILE = (
    *('"', '"*', "*", "a*", "NEAR(sana khan)", "sana NEAR khan x", "^sana", "-", "- -", "sana OR x", "name:sana", "{}", "a:*b"),
    *("!!", "&|", "sana\0khan", "\ud800", "\U0010ffff", "\ufdfa" * 300, "x" * 1_000_000, "a b " * 250_000),
)


def test_hostile_words_are_words(house: House) -> None:
    found = {words[:20]: find_clients(house.desk(), words, record=False).items for words in HOSTILE}
    assert {words: items for words, items in found.items() if items} == {}


def test_what_is_found_comes_in_one_order_whoever_was_made_first(house: House) -> None:
    names = ("Kit Zed", "Bo Kitson", "Kit Abel", "Kit Zed", "Al Kit Kitty", "Kitson Bo")
    made = [added(house, Client("", name)) for name in names]
    found = find_clients(house.desk(), "kit").items
    assert [one.name for one in found] == ["Kit Abel", "Kit Zed", "Kit Zed", "Kitson Bo", "Al Kit Kitty", "Bo Kitson"]
    refs = [one.ref for one in found]
    assert refs[1:3] == sorted([made[0].ref, made[3].ref])
    for most in range(1, 7):
        assert [one.ref for one in find_clients(house.desk(), "kit", most, record=False).items] == refs[:most]


def test_a_changed_name_is_found_and_the_old_one_no_longer(house: House) -> None:
    made = added(house)
    changed = edit_client(house.desk(), made.ref, {"name": "Zoe Quill", "phone": "0113 496 0100", "reference": ""})
    assert isinstance(changed, Edited), changed
    for words, there in (("quill", True), ("01134960100", True), ("dhonaill", False), ("01134960099", False), ("qq12", False)):
        assert (made.ref in [one.ref for one in find_clients(house.desk(), words).items]) is there, words


def test_what_a_key_costs_does_not_grow_with_how_many_claimants_there_are(on_sqlite: House) -> None:
    def steps(words: str) -> int:
        count = 0

        def tick() -> int:
            nonlocal count
            count += 1
            return 0

        with on_sqlite.store.read() as unit:
            driver: Any = unit._connection.connection.driver_connection
            driver.set_progress_handler(tick, 1)
            try:
                assert client_queries.find(unit, on_sqlite.site, words, 8)
            finally:
                driver.set_progress_handler(None, 0)
        return count

    def add(first: int) -> None:
        more = [Client(f"C{number:06d}", f"Sana Khan {number}", f"0113 4960 {number}") for number in range(first, first + 1000)]
        on_sqlite.write(lambda unit: client_queries.insert_many(unit, on_sqlite.site, more))

    words = ("k", "khan", "sana k", "0113 4960", "C00")
    add(1000)
    before = [steps(one) for one in words]
    add(2000)
    assert all(steps(word) <= most for word, most in zip(words, before, strict=True))


def test_percent_and_underscore_are_plain_letters(house: House) -> None:
    odd = added(house, Client("", "100% _Real"))
    assert [one.ref for one in find_clients(house.desk(), "100%").items] == [odd.ref]
    assert [one.ref for one in find_clients(house.desk(), "_r").items] == [odd.ref]


def test_a_search_shows_no_more_than_was_asked_for(house: House) -> None:
    assert len(find_clients(house.desk(), "khan", 3).items) == 3
    assert len(find_clients(house.desk(), "sana").items) == 10


def test_what_is_typed_is_cleaned_before_it_is_stored(house: House) -> None:
    made = added(house, Client("C000001", "  Eve\x1b[2J\u202e\n", reference="qq123456a"))
    assert made.ref == "C000011"
    assert made.name == "Eve\ufffd[2J\ufffd"
    assert made.reference == "QQ123456A"


@pytest.mark.parametrize(
    "wanted", [Client("", ""), Client("", " \n"), Client("", "Eve", phone="12"), Client("", "Eve", email="x")]
)
def test_unsound_details_are_told_and_nothing_is_stored(house: House, wanted: Client) -> None:
    before = house.dump()
    found = add_client(house.desk(), wanted)
    assert isinstance(found, list)
    assert found
    assert house.dump() == before


def test_a_retried_addition_makes_no_second_claimant(house: House) -> None:
    first = added(house, id=uid(1))
    before = house.dump()
    assert added(house, id=uid(1)) == first
    assert house.dump() == before


def test_an_id_that_was_used_for_another_claimant_never_answers_with_that_one(house: House) -> None:
    added(house, id=uid(1))
    before = house.dump()
    other = add_client(house.desk(), Client("", "Somebody Else"), id=uid(1))
    assert isinstance(other, Refused)
    assert other.code == "id_reused"
    assert house.dump() == before


def test_no_hash_of_a_claimant_or_of_free_text_stands_in_the_log_to_be_guessed_against(house: House) -> None:
    added(house)
    add_client(house.desk(), Client("", "Somebody Else"))
    with house.store.read() as unit:
        lines = [log_queries.event_of(row).fingerprint for row in log_queries.rows_after(unit, house.site, 0, 10)]
    assert len(lines) == 2
    assert lines[0] == lines[1]
    one = Wish("FC-F2F", first=True, note="deaf in one ear", access_needs="BSL", priority_reason="evicted")
    other = Wish("FC-F2F", first=True)
    assert request_id("1", "hold", one).fingerprint == request_id("1", "hold", other).fingerprint
    assert request_id("1", "hold", one).fingerprint != request_id("1", "hold", Wish("FC-PHONE", first=True)).fingerprint


def test_the_log_tells_of_a_new_claimant_without_a_word_about_them(house: House) -> None:
    made = added(house)
    line = house.events()[-1]
    assert (line["verb"], line["client"], line["who"]) == ("client_added", made.ref, "agent1")
    for word in ("Zo", "0113", "496", "QQ12", "example", "Irish", "loop"):
        assert word not in repr(line)


def test_every_look_at_a_claimant_is_recorded_with_who_and_why(house: House) -> None:
    find_clients(house.desk(), "Sana Khan 3")
    get_client(house.desk("agent2"), "C000001", "call")
    assert looks(house) == [("agent1", "C000003", "find"), ("agent2", "C000001", "call")]
    list_clients(house.desk("super1"), 2)
    assert looks(house)[2:] == [("super1", "C000001", "list"), ("super1", "C000002", "list")]


def test_a_look_at_nobody_is_not_recorded(house: House) -> None:
    assert get_client(house.desk(), "C999999") is None
    find_clients(house.desk(), "nobody")
    find_clients(house.desk(), "khan", record=False)
    assert looks(house) == []


@pytest.mark.parametrize("login", ["agent1", "coach1", "leader1", "super1"])
def test_who_works_with_claimants_sees_their_details(house: House, login: str) -> None:
    desk = house.desk(login)
    assert sees_names(desk)
    found = get_client(desk, "C000001")
    assert found is not None
    assert (found.name, found.phone) == ("Sana Khan 1", "0113 496 0001")
    assert names_of(desk, ["C000001", "C000002", "C999999"], "queue") == {"C000001": "Sana Khan 1", "C000002": "Sana Khan 2"}


@pytest.mark.parametrize("known", [True, False])
def test_an_administrator_and_an_unknown_login_see_initials_only_and_are_not_said_to_have_looked(
    house: House, known: bool
) -> None:
    desk = (
        house.desk("admin1") if known else Desk(house.store, house.site, Staff("root", "root", "agent", known=False), house.now)
    )
    assert not sees_names(desk)
    for found in (*find_clients(desk, "Sana Khan 1").items, *list_clients(desk, None).items, get_client(desk, "C000001")):
        assert found is not None
        assert found.name.startswith("SK")
        assert (found.phone, found.reference, found.email, found.language, found.access_needs) == ("", "", "", "", "")
    assert names_of(desk, ["C000001"], "queue") == {"C000001": "SK1"}
    assert write_looks(desk) == 0
    assert looks(house) == []


def test_the_list_counts_all_and_shows_as_many_as_asked(house: House) -> None:
    found = list_clients(house.desk(), 3)
    assert (found.total, [one.ref for one in found.items]) == (10, ["C000001", "C000002", "C000003"])
    assert len(list_clients(house.desk(), None).items) == 10
