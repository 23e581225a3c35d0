"""Claimants as they are looked up, and words that must not stand in a command line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain.clients import (
    initials,
    looks_personal,
    name_key,
    phone_key,
    reference_key,
    short_name,
)


@pytest.mark.parametrize(
    "names",
    [
        ("Zoë Müller", "zoe muller", "ZOË  MÜLLER", "Zoe\u0308 Mu\u0308ller", " zoë\tmüller "),
        ("Siân Ní Dhónaill", "sian ni dhonaill"),
        ("Strauß", "STRAUSS", "strauss"),
        ("\ufb01nn", "Finn"),
        ("\u0130rem", "irem"),
    ],
)
def test_spellings_of_one_name_fold_to_one_key(names: tuple[str, ...]) -> None:
    assert len({name_key(name) for name in names}) == 1


def test_different_names_keep_different_keys() -> None:
    assert len({name_key(name) for name in ("Sana Khan", "Sanaa Khan", "S Khan", "Khan Sana")}) == 4


@given(st.text(max_size=30))
def test_folding_a_folded_name_changes_nothing(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@pytest.mark.parametrize("phone", ["0113 496 0001", "+44 113 496 0001", "(0113) 496-0001", "+441134960001", "01134960001"])
def test_spellings_of_one_phone_number_fold_to_one_key(phone: str) -> None:
    assert phone_key(phone) == "01134960001"


@pytest.mark.parametrize("reference", ["QQ123456A", "qq 12 34 56 a", "QQ 123456 A", " qq123456a\t"])
def test_spellings_of_one_reference_fold_to_one_key(reference: str) -> None:
    assert reference_key(reference) == "QQ123456A"


@pytest.mark.parametrize(
    "text",
    [
        *("Sana Khan", "sana", "KHAN", "O'Brien", "D'Arcy-O'Neill", "Zoë", "Ng", "Li", "Khan, Sana", "Khan,S"),
        *("S. Khan", "Sana Khan 2"),
        *("王小明", "محمد", "Иван Петров", "Mr Khan", "José María", "van der Berg", " Khan "),
        *("0113 496 0001", "01134960001", "+44 113 496 0001", "(0113) 496-0001", "07700900123", "07700 900 123", "496 00 01"),
        *("QQ123456A", "QQ 12 34 56 A", "qq123456a", "QQ123456", "qq 123456 c", "QQ12 3456A", " QQ123456A "),
        "QQ-12-34-56-A",
        *("sana@example.com", "s@x", "12/03/1984", "Khan 1984-03-12"),
    ],
)
def test_names_phones_and_references_look_personal(text: str) -> None:
    assert looks_personal(text)


@pytest.mark.parametrize("text", ["C000123", "C000001", "C1234567", "C12345678", "C999999999"])
def test_an_opaque_id_does_not_look_personal(text: str) -> None:
    assert not looks_personal(text)


@pytest.mark.parametrize("text", ["", " ", "-", "C0", "123", "C12", "1", "?"])
def test_what_is_too_short_to_name_anybody_does_not_look_personal(text: str) -> None:
    assert not looks_personal(text)


@given(st.integers(0, 999_999_999))
def test_no_opaque_id_looks_personal(number: int) -> None:
    assert not looks_personal(f"C{number:06d}")


@given(st.sampled_from("AbcQ"), st.sampled_from("XyzQ"), st.integers(0, 999_999), st.sampled_from(("", "A", "d")), st.booleans())
def test_every_national_reference_looks_personal(one: str, other: str, number: int, end: str, spaced: bool) -> None:
    digits = f"{number:06d}"
    blank = " " if spaced else ""
    assert looks_personal(blank.join((f"{one}{other}", digits[:2], digits[2:4], digits[4:], end)).strip())


@given(st.lists(st.integers(0, 9), min_size=7, max_size=13), st.sampled_from(("", " ", "-", ".")))
def test_every_run_of_seven_digits_looks_like_a_phone_number(digits: list[int], between: str) -> None:
    assert looks_personal(between.join(map(str, digits)))


@pytest.mark.parametrize(
    ("name", "short"),
    [("Sana Khan", "S Khan"), ("Khan", "Khan"), ("", ""), ("Ana Maria da Silva", "A Silva"), (" Sana  Khan ", "S Khan")],
)
def test_a_grid_shows_a_short_name(name: str, short: str) -> None:
    assert short_name(name) == short


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Sana Khan", "SK"), ("zoë", "Z"), ("Khan, Sana", "KS"), ("", ""), ("- x", "X"), ("ana maria da silva", "AMDS")],
)
def test_who_need_not_see_a_name_sees_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    "phone", ["07911 123456", "+44 7911 123456", "+44 (0)7911 123456", "0044 7911-123456", "0044(0)7911123456"]
)
def test_a_number_has_one_key_however_it_is_written(phone: str) -> None:
    assert phone_key(phone) == "07911123456"
