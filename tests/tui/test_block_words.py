"""What a block would do, has done or was refused, in words; and the field that has one of a few values."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from textual.app import App, ComposeResult

from agent_tui.domain.requests import Blocked, EntryState, Moved, Refused, RefusedOver, Skipped
from agent_tui.tui.block_words import MOST_LINES, block_lines, done_words, seen_in
from agent_tui.tui.glyphs import ASCII, UNICODE
from agent_tui.tui.themes import install, variable_defaults
from agent_tui.tui.widgets.lines import width_of
from agent_tui.tui.widgets.one_of import OneOf

DAY = date(2026, 11, 25)
HIT = EntryState(
    id="e1",
    kind="appointment",
    status="booked",
    type="FC-F2F",
    client="C000001",
    diary="D02",
    day=DAY,
    start=120,
    end=130,
    resources=("D02",),
    needs=(),
    channel="f2f",
    priority="standard",
    contact=None,
    version=3,
    made_by="agent1",
    made_at=0,
)
PREVIEW = Blocked("preview", "D02", DAY, 120, 126)
NAMES = {"C000001": "Sana Khan"}
VALUES = (("leave", "leave"), ("training", "training"), ("type:BLK-PRISON", "Advanced appointment for prison leaver"))


def lines(answer: Blocked | Refused, over: str = "keep", days: int = 1) -> list[str]:
    return block_lines(answer, NAMES, over, days, "!")


def test_nothing_is_hit() -> None:
    assert lines(PREVIEW) == ["Blocks Wed 25 Nov 10:00-10:30. No appointment stands in that time."]


@pytest.mark.parametrize(
    ("over", "fate"), [("keep", "stays, and is flagged"), ("cancel", "is cancelled, and a notice is sent"), ("move", "is moved")]
)
def test_what_becomes_of_an_appointment(over: str, fate: str) -> None:
    assert lines(replace(PREVIEW, hit=(HIT,)), over) == [
        "Blocks Wed 25 Nov 10:00-10:30. 1 appointment stands in that time:",
        f"  Wed 25 Nov 10:00-10:50 FC50 S Khan {fate}",
    ]


def test_where_an_appointment_goes_and_which_has_no_place() -> None:
    other = replace(HIT, id="e2", client="C999999", start=130, end=140)
    moves = (Moved(HIT, replace(HIT, diary="D03", start=150, end=160), "Cara Reid"),)
    assert lines(replace(PREVIEW, hit=(HIT,), moves=moves), "move")[1].endswith("S Khan moves to Wed 25 Nov 12:30 with Cara Reid")
    stuck = replace(PREVIEW, hit=(HIT, other), moves=moves, code="taken", reason="One finds no place.")
    assert [line.split("FC50")[-1].strip() for line in lines(stuck, "move")] == [
        "! One finds no place.",
        "S Khan moves to Wed 25 Nov 12:30 with Cara Reid",
        "finds no other place",
    ]


def test_what_was_seen_is_told_from_what_has_changed() -> None:
    seen = seen_in(replace(PREVIEW, hit=(HIT,)))
    assert seen != seen_in(PREVIEW)
    assert seen != seen_in(replace(PREVIEW, hit=(replace(HIT, version=4),)))
    moved = [
        seen_in(replace(PREVIEW, hit=(HIT,), moves=(Moved(HIT, replace(HIT, start=start), "Cara Reid"),))) for start in (150, 151)
    ]
    assert len({seen, *moved}) == 3


def test_a_refusal_and_what_stands_in_the_way() -> None:
    refused = RefusedOver("taken", "Taken by Bob.", hit=(HIT,))
    assert lines(refused, "cancel") == ["! Taken by Bob.", "  Wed 25 Nov 10:00-10:50 FC50 S Khan stands in the way"]
    assert lines(replace(PREVIEW, hit=(HIT,), code="taken", reason="Taken by Bob."), "refuse") == lines(refused)
    assert lines(Refused("role", "Not yours.")) == ["! Not yours."]


def test_a_weekly_block_counts_its_days() -> None:
    skipped = (Skipped(date(2026, 12, 25), "closed", "The site is closed."),)
    assert lines(replace(PREVIEW, skipped=skipped), days=3) == [
        "Blocks 2 of 3 days, the first Wed 25 Nov 10:00-10:30. No appointment stands in that time.",
        "! Left out: Fri 25 Dec: The site is closed.",
    ]


def test_a_long_list_is_cut_and_counted() -> None:
    many = tuple(replace(HIT, id=f"e{number}") for number in range(300))
    shown = lines(replace(PREVIEW, hit=many))
    assert len(shown) == MOST_LINES + 1
    assert shown[-1] == "and 201 more."


def test_what_was_done() -> None:
    made = replace(PREVIEW, status="blocked", entries=(HIT, HIT), hit=(HIT,))
    assert done_words(made, "leave", "cancel") == (
        "Blocked: Wed 25 Nov 10:00-10:30 D02 leave, 2 days in all, 1 cancelled. u undoes for 60 seconds."
    )
    given = replace(PREVIEW, status="unblocked", entries=(HIT,))
    assert done_words(given, "", "") == "Unblocked: Wed 25 Nov 10:00-10:30 D02. u undoes for 60 seconds."


class Host(App[None]):
    def __init__(self, field: OneOf) -> None:
        super().__init__()
        self.field = field
        self.changes: list[str] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults()

    def compose(self) -> ComposeResult:
        yield self.field

    def on_mount(self) -> None:
        install(self, "dark")
        self.field.focus()

    def on_one_of_changed(self, event: OneOf.Changed) -> None:
        self.changes.append(event.control.chosen)


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (("right",), "training"),
        (("space", "down"), "type:BLK-PRISON"),
        (("left",), "type:BLK-PRISON"),
        (("up", "right"), "leave"),
        (("a",), "type:BLK-PRISON"),
        (("T",), "training"),
        (("l",), "leave"),
        (("z", "1", "f5"), "leave"),
    ],
)
async def test_one_of_a_few(keys: tuple[str, ...], chosen: str) -> None:
    app = Host(OneOf(VALUES))
    async with app.run_test() as pilot:
        await pilot.press(*keys)
        assert app.field.chosen == chosen
        assert app.changes[-1:] == ([chosen] if keys != ("l",) and "z" not in keys else [])


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("width", [1, 5, 20, 40, 80])
def test_the_chosen_value_is_in_sight(at: int, width: int, glyphs: Any) -> None:
    field = OneOf(VALUES, chosen=VALUES[at][0], glyphs=glyphs)
    pieces = field.pieces(width)
    assert width_of(pieces) <= width
    if width >= 20:
        (shown,) = [text for text, name in pieces if name == "chosen"]
        assert shown.startswith(f"{glyphs.pointer}{VALUES[at][1][:8]}")
        cut = [text for text, name in pieces if name == "value" and text.strip()[:-1] not in (*dict(VALUES).values(), "")]
        assert {text.strip() for text in cut if text.strip() not in dict(VALUES).values()} <= {glyphs.ellipsis}


async def test_a_click_has_every_value_those_that_are_out_of_sight_too() -> None:
    app = Host(OneOf(VALUES))
    async with app.run_test(size=(16, 3)) as pilot:
        for chosen in ("training", "type:BLK-PRISON"):
            drawn = "".join(text for text, _name in app.field.pieces(16))
            await pilot.click(app.field, offset=(drawn.rindex(app.field._glyphs.ellipsis), 0))
            assert app.field.chosen == chosen
        await pilot.click(app.field, offset=(0, 0))
        assert app.field.chosen == "training"


def test_words_are_no_markup() -> None:
    field = OneOf((("x", "[/] [red]\x1b[2J"),))
    assert "\x1b" not in "".join(text for text, _name in field.pieces(40))
