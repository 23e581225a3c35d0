"""Every colour that a screen uses can be read, in each theme, in grey, and by a deuteranope where that is promised."""

from itertools import combinations
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.widgets import Static

from agent_tui.settings import THEMES
from agent_tui.tui.contrast import (
    READABLE,
    as_deuteranope,
    blend,
    channels,
    contrast,
    distance,
    grey,
    hex_of,
    relative_luminance,
)
from agent_tui.tui.themes import AGENT_THEMES, GROUNDS, GROUPS, PAIRS, install, resolved, variable_defaults

COLOURS = {theme.name: resolved(theme) for theme in AGENT_THEMES}
AT_A_GLANCE = 20.0


def test_the_themes_are_those_that_settings_offer() -> None:
    assert tuple(theme.name for theme in AGENT_THEMES) == THEMES


def unreadable(colours: dict[str, str]) -> list[str]:
    return [
        f"{foreground} on {background}"
        for foreground, background in PAIRS
        if contrast(colours[foreground], colours[background]) < READABLE
    ]


@pytest.mark.parametrize("theme", THEMES)
def test_every_pair_has_the_contrast_of_text(theme: str) -> None:
    assert unreadable(COLOURS[theme]) == []


@pytest.mark.parametrize("theme", THEMES)
def test_every_pair_still_reads_under_no_color(theme: str) -> None:
    assert unreadable({name: grey(colour) for name, colour in COLOURS[theme].items()}) == []


def test_an_unreadable_pair_is_found() -> None:
    assert "foreground on surface" in unreadable({**COLOURS["dark"], "foreground": "#444444"})


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_automatic_text_reads_on_every_ground(theme: str, ground: str) -> None:
    under = COLOURS[theme][ground]
    automatic = Color.parse(under).get_contrast_text(0.87)
    assert contrast(blend(automatic.hex6, under, 0.87), under) >= READABLE


@pytest.mark.parametrize("theme", THEMES)
def test_groups_differ_at_a_glance(theme: str) -> None:
    colours = [COLOURS[theme][f"group-{name}"] for name in GROUPS]
    assert min(distance(one, other) for one, other in combinations(colours, 2)) >= AT_A_GLANCE


def test_groups_of_the_safe_theme_differ_for_a_deuteranope() -> None:
    seen = [as_deuteranope(COLOURS["deuteranopia-safe"][f"group-{name}"]) for name in GROUPS]
    assert min(distance(one, other) for one, other in combinations(seen, 2)) >= AT_A_GLANCE


def test_red_and_green_of_the_usual_kind_do_not_differ_for_a_deuteranope() -> None:
    red, green = "#a87d2b", "#c06a2b"
    assert distance(as_deuteranope(red), as_deuteranope(green)) < distance(red, green) / 2


def test_every_theme_has_the_same_variables() -> None:
    names = {frozenset(theme.variables) for theme in AGENT_THEMES}
    assert len(names) == 1
    assert frozenset(variable_defaults()) in names


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#123456", "#123456") == 1
    assert relative_luminance("#ffffff") == pytest.approx(1)


def test_greys_stay_themselves() -> None:
    assert grey("#808080") == "#808080"
    assert as_deuteranope("#ffffff") == "#ffffff"
    assert distance("#808080", "#808080") == 0
    assert distance("#000000", "#ffffff") == pytest.approx(100, abs=0.1)
    assert hex_of((1.5, -1, 0.5)) == "#ff0080"


def test_grey_is_what_textual_shows_under_no_color() -> None:
    assert grey("#6cb6ff") == Color.parse("#6cb6ff").monochrome.hex6.lower()


@pytest.mark.parametrize("colour", ["red", "#fff", "ffffff", "#ggg000"])
def test_a_colour_of_another_form_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match=r"#rrggbb|invalid literal"):
        channels(colour)


class Painted(App[Any]):
    """An app with one pane in our own variables."""

    CSS = "Static { color: $group-payment; background: $grid-ghost-background; }"

    def __init__(self, theme: str) -> None:
        super().__init__()
        self._wanted = theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults()

    def on_mount(self) -> None:
        install(self, self._wanted)

    def compose(self) -> ComposeResult:
        yield Static("£")


@pytest.mark.parametrize("theme", THEMES)
async def test_a_theme_paints(theme: str) -> None:
    app = Painted(theme)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.theme == theme
        assert sorted(app.available_themes) == sorted(THEMES)
        assert app.query_one(Static).styles.color.hex6.lower() == COLOURS[theme]["group-payment"]


async def test_an_unknown_theme_gives_the_first() -> None:
    app = Painted("ansi-dark")
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.theme == THEMES[0]
