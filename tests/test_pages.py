"""Pages that are made from the code are fresh, and every setting stands in its table."""

from dataclasses import fields

import pytest

from agent_tui.settings import ABOUT, VARIABLES, Settings
from tests.pages import HELP, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_code_says(name: str) -> None:
    assert (HELP / name).read_text(encoding="utf-8") == PAGES[name](), "python -m tests.pages writes it anew"


def test_every_setting_is_told() -> None:
    assert set(ABOUT) == {one.name for one in fields(Settings)} - {"given"}
    assert set(VARIABLES.values()) <= set(ABOUT)
