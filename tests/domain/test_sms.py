"""How many parts a text message takes."""

import pytest

from agent_tui.domain.sms import LONGEST, sms_length, sms_text


@pytest.mark.parametrize(
    ("text", "characters", "parts", "alphabet"),
    [
        ("", 0, 1, "gsm"),
        ("a" * 160, 160, 1, "gsm"),
        ("a" * 161, 161, 2, "gsm"),
        ("a" * 306, 306, 2, "gsm"),
        ("a" * 307, 307, 3, "gsm"),
        ("a" * 918, 918, 6, "gsm"),
        ("£àéèùìò\n", 8, 1, "gsm"),
        ("€" * 80, 160, 1, "gsm"),
        ("€" * 81, 162, 2, "gsm"),
        # A character that counts twice is not torn: 76 of them and a letter fill a part, so that 153 take three.
        ("a" + "€" * 152, 305, 2, "gsm"),
        ("€" * 153, 306, 3, "gsm"),
        ("ŵ" * 70, 70, 1, "unicode"),
        ("ŵ" * 71, 71, 2, "unicode"),
        ("ŵ" * 134, 134, 2, "unicode"),
        ("ŵ" * 135, 135, 3, "unicode"),
        ("👨" * 35, 70, 1, "unicode"),
        ("👨" * 67, 134, 3, "unicode"),
    ],
    ids=lambda value: str(value)[:8],
)
def test_parts(text: str, characters: int, parts: int, alphabet: str) -> None:
    found = sms_length(text)
    assert (found.characters, found.parts, found.alphabet) == (characters, parts, alphabet)


def test_too_long_is_beyond_six_parts() -> None:
    assert not sms_length("a" * LONGEST).too_long
    assert sms_length("a" * (LONGEST + 1)).too_long


def test_typographic_marks_do_not_make_a_text_dearer() -> None:
    assert sms_length("It’s at 9am – “bring” it…").alphabet == "unicode"
    assert sms_length(sms_text("It’s at 9am – “bring” it…")).alphabet == "gsm"
