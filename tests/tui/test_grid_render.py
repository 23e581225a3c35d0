"""What the diary grid says, as plain text at a fixed size: the pictures are what an agent sees, without colour."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from agent_tui.domain.ticks import clock, covered_by, mask_of, parse_clock, span, starts_of
from agent_tui.domain.types import GROUPS
from agent_tui.tui.glyphs import ASCII, UNICODE, Glyphs
from agent_tui.tui.themes import PAIRS
from agent_tui.tui.widgets.diary_grid.geometry import ZOOMS, Geometry, Window
from agent_tui.tui.widgets.diary_grid.plan import plan_column
from agent_tui.tui.widgets.diary_grid.render import LOOKS, GridState, Painter, changed_span
from agent_tui.tui.widgets.diary_grid.view import Block, Column, Ghost, GridView, Mark, describe_cell, time_left

THURSDAY = date(2026, 11, 26)
PLAIN = GridState()
STYLES = {name: Style(meta={"name": name}, bgcolor="black") for name in LOOKS}


def t(clock: str) -> int:
    return parse_clock(clock, end=True)


def block(start: str, end: str, label: str = "FC50", who: str = "T Lee", **more: object) -> Block:
    kind = str(more.pop("kind", "appointment"))
    status = {"appointment": "booked", "hold": "held", "block": "blocked"}[kind]
    made = Block(f"{start} {label}", kind, status, t(start), t(end), label, who, group="commitments")
    return replace(made, **more)  # type: ignore[arg-type]


def column(*blocks: Block, heading: str = "B Osei", free: str = "09:00-12:00", length: int = 0, **more: object) -> Column:
    """A column open at `free` in which a type of `length` ticks is in hand."""
    opened = mask_of(tuple(map(t, part.split("-"))) for part in free.split())  # type: ignore[misc]
    left = opened & ~mask_of((one.start, one.end) for one in blocks)
    starts = starts_of(left, length) if length else 0
    fits = covered_by(starts, length) & left if length else 0
    made = Column(heading, THURSDAY, heading, open_mask=opened, fits_mask=fits, start_mask=starts, blocks=blocks)
    return replace(made, **more)  # type: ignore[arg-type]


def view(*columns: Column, first: str = "09:00", last: str = "10:00", **more: object) -> GridView:
    made = GridView(1, "All coaches", columns, t(first), t(last), ticks_in_hand=10, in_hand="First commitment")
    return replace(made, **more)  # type: ignore[arg-type]


def lines(
    shown: GridView,
    *,
    zoom: int = 2,
    width: int = 33,
    height: int = 7,
    state: GridState = PLAIN,
    glyphs: Glyphs = UNICODE,
    scroll: tuple[int, int] = (0, 0),
    column_width: int = 13,
) -> list[str]:
    header = 2 if any(one.subheading for one in shown.columns) else 1
    grid = Geometry(shown.total, shown.first_tick, shown.last_tick, zoom, column_width, header)
    window = Window(width, height, *scroll)
    painter = Painter(glyphs, STYLES)
    strips = [painter.strip(y, shown, state, grid, window) for y in range(height)]
    for strip in strips:
        assert strip.cell_length == cell_len(strip.text) == width
        # Textual 6 and later paints no background of its own under a segment.
        assert all(segment.style is not None and segment.style.bgcolor is not None for segment in strip)
    return [strip.text.rstrip() for strip in strips]


def picture(text: str) -> list[str]:
    """The lines of an expected picture, without the eight blanks by which the source is indented."""
    return [line[8:].rstrip() for line in text.strip("\n").split("\n")[:-1]]


def styles_of(shown: GridView, state: GridState = PLAIN, y: int = 1, zoom: int = 2) -> list[tuple[str, str]]:
    grid = Geometry(shown.total, shown.first_tick, shown.last_tick, zoom, 13)
    strip = Painter(UNICODE, STYLES).strip(y, shown, state, grid, Window(20, 9))
    return [(segment.text, segment.style.meta["name"]) for segment in strip if segment.style is not None]


def test_the_first_wireframe() -> None:
    shown = view(
        column(
            block("09:00", "09:10", "WSR10", "J Doe"),
            block("09:10", "09:30", "ADV20", "M Fox"),
            block("09:40", "10:00", "FC50", "J Patel", kind="hold", expires_at=192_000),
            heading="A Khan",
            stranded_mask=span(t("09:30"), t("09:40")),
            labels=((t("10:00"), "break"),),
            free="09:00-10:00 10:10-12:00",
        ),
        column(block("09:00", "09:30", "", "team", kind="block"), length=10),
        column(block("09:00", "09:50", "FC50", "T Lee"), heading="C Reid", stranded_mask=span(t("09:50"), t("10:00"))),
        last="10:20",
    )
    ghost = Ghost("B Osei", THURSDAY, t("10:00"), t("10:50"), "FC50", "Khan, S")
    assert lines(shown, width=46, height=9, state=GridState(ghost=ghost)) == picture("""
                A Khan       B Osei       C Reid
         09:00 ▌WSR10 J Doe ▒team        ▌FC50 T Lee
         09:10 ▌ADV20 M Fox ▒            ▌
         09:20 ▌            ▒            ▌
         09:30 ×            ·            ▌
         09:40 ◇held J Patel·            ▌
         09:50 ◇3:12 FC50   ·            ×
         10:00 ░break       ▏Khan, S    ▕
         10:10              ▏FC50       ▕
        """)


def test_the_same_in_ascii() -> None:
    shown = view(
        column(
            block("09:00", "09:10", "WSR10", "J Doe", flagged=True, key=True),
            block("09:10", "09:20", "", "team", kind="block"),
            block("09:20", "09:40", "FC50", "J Patel", kind="hold", expires_at=5_000),
            stranded_mask=span(t("09:40"), t("09:50")),
            free="09:00-09:50",
        ),
        column(heading="C", length=10),
        now=(THURSDAY, t("09:15")),
    )
    ghost = Ghost("C", THURSDAY, t("09:40"), t("10:00"), "FC20", "Khan, S")
    drawn = lines(shown, state=GridState(ghost=ghost), glyphs=ASCII)
    assert drawn == picture("""
                B Osei       C
         09:00 |!$WSR10 J D~.
        >09:10 #team        .
         09:20 ?held J Patel.
         09:30 ?0:05 FC50   .
         09:40 x            [Khan, S    ]
         09:50 :            [FC20       ]
        """)
    assert all(line.isascii() for line in drawn)


def test_an_entry_spans_its_minutes_at_every_zoom() -> None:
    shown = view(column(block("09:00", "09:30")), last="09:30")
    heights = {zoom: sum("▌" in line for line in lines(shown, zoom=zoom)) for zoom in ZOOMS}
    assert heights == {1: 6, 2: 3, 3: 2, 6: 1}


def test_entries_that_share_a_line_are_counted() -> None:
    three = column(
        block("09:00", "09:10", "A10", "One"),
        block("09:10", "09:20", "B10", "Two"),
        block("09:20", "09:30", "C10", "Three", flagged=True),
    )
    drawn = lines(view(three), zoom=6, height=3)
    assert drawn[1] == " 09:00 ▌A10 One  !+2"
    # Where it began it is flagged; where it ends, beside another, it is not that other which is flagged.
    two = column(block("09:00", "09:25", "A10", "One", flagged=True), block("09:25", "09:40", "B10", "Two"))
    assert [line[7:] for line in lines(view(two), height=4)[1:]] == ["▌!A10 One", "▌", "▌:25 B10 T…+1"]


def test_an_entry_that_starts_on_the_line_is_named_before_one_that_ends_there() -> None:
    both = column(block("09:00", "09:35", "IEI35", "Ray"), block("09:35", "09:55", "FEI20", "Kay"))
    assert lines(view(both), zoom=2)[4] == " 09:30 ▌:35 FEI20 +1"


@pytest.mark.parametrize(
    ("zoom", "expected"),
    [(1, " 09:30 ▌"), (2, " 09:30 ▌          ·"), (3, " 09:30 ▌          ·"), (6, " 09:30 ▌          ·")],
)
def test_free_time_beside_an_entry_is_shown(zoom: int, expected: str) -> None:
    shown = view(column(block("09:00", "09:35"), length=5))
    drawn = lines(shown, zoom=zoom, height=14)
    assert next(line for line in drawn if line.startswith(" 09:30")) == expected


def test_stranded_time_beside_an_entry_is_shown() -> None:
    shown = view(column(block("09:00", "09:35"), stranded_mask=span(t("09:35"), t("09:40"))))
    assert lines(shown)[4] == " 09:30 ▌          ×"


def test_a_line_of_free_and_closed_time_shows_both() -> None:
    shown = view(column(free="09:00-09:10", length=2, labels=((t("09:10"), "lunch"),)), last="09:30")
    assert lines(shown, zoom=3, height=3)[1:] == [" 09:00 ·          ░", " 09:15 ░lunch"]


def test_each_closed_stretch_is_named_once_on_its_first_line() -> None:
    shown = view(
        column(
            block("09:10", "09:30"),
            free="09:10-09:30 09:50-10:00",
            labels=((t("09:00"), "break"), (t("09:30"), "break")),
        ),
        column(heading="C", free="", closed="Christmas Day"),
        last="10:00",
    )
    assert lines(shown) == picture("""
                B Osei       C
         09:00 ░break       ░Christmas D…
         09:10 ▌FC50 T Lee  ░
         09:20 ▌            ░
         09:30 ░break       ░
         09:40 ░            ░
         09:50              ░
        """)


def test_a_start_of_the_type_in_hand_is_set_apart_from_the_rest_of_its_time() -> None:
    shown = view(column(free="09:00-09:20", length=3), last="09:20")
    assert [styles_of(shown, y=y, zoom=1)[1] for y in range(1, 5)] == [
        ("·", "start"),
        ("·", "start"),
        ("·", "fits"),
        ("·", "fits"),
    ]


def test_a_name_that_does_not_fit_takes_the_next_line() -> None:
    shown = view(column(block("09:00", "09:30", "IEI40", "Featherstone", status="attended")), last="09:40")
    assert [line[7:] for line in lines(shown)[1:5]] == ["▌IEI40", "▌Featherstone", "▌attended", ""]


def test_how_an_appointment_ended_is_said() -> None:
    shown = view(column(block("09:00", "09:20", status="dna"), block("09:20", "09:40", status="late")))
    assert [line[7:] for line in lines(shown)[1:5]] == ["▌FC50 T Lee", "▌absent", "▌FC50 T Lee", "▌came late"]


def test_my_hold_and_a_hold_of_one_line() -> None:
    shown = view(
        column(
            block("09:00", "09:20", "FC20", "Khan", kind="hold", mine=True, expires_at=61_000),
            block("09:20", "09:30", "WSR10", "J Patel", kind="hold", expires_at=59_001),
            block("09:30", "09:50", "FC20", "J Patel", kind="hold"),
        )
    )
    drawn = [line[7:] for line in lines(shown, state=GridState(clock_ms=1_000))[1:]]
    assert drawn == ["◇mine Khan", "◇1:00 FC20", "◇0:59 J Patel", "◇held J Patel", "◇FC20", ""]
    names = {name for y in (1, 3) for _text, name in styles_of(shown, y=y)}
    assert {"mine", "hold"} <= names


@pytest.mark.parametrize(
    ("left", "words"),
    [(0, "0:00"), (-5_000, "0:00"), (1, "0:01"), (1_000, "0:01"), (192_000, "3:12"), (600_000, "10:00")],
)
def test_time_left_is_rounded_up_and_never_negative(left: int, words: str) -> None:
    assert time_left(1_700_000_000_000 + left, 1_700_000_000_000) == words


def test_the_top_line_names_what_began_above_it() -> None:
    shown = view(
        column(block("09:00", "09:50", "FC50", "T Lee", key=True)),
        column(block("09:00", "09:50", "FC50", "J Patel", kind="hold", expires_at=90_000), heading="C"),
    )
    drawn = lines(shown, scroll=(0, 3), height=3)
    assert drawn[1:] == [" 09:30 ▌£FC50 T Lee ◇1:30 J Patel", " 09:40 ▌            ◇"]
    grid, painter = Geometry(2, shown.first_tick, shown.last_tick, 2, 13), Painter(UNICODE, STYLES)
    lower = painter.strip(2, shown, PLAIN, grid, Window(20, 9, scroll_y=2)).text
    upper = painter.strip(1, shown, PLAIN, grid, Window(20, 9, scroll_y=3)).text
    assert (lower.rstrip(), upper.rstrip()) == (" 09:30 ▌", " 09:30 ▌£FC50 T Lee")
    shut = view(column(free="", closed="day off"))
    assert lines(shut, scroll=(0, 3), height=3)[1:] == [" 09:30 ░day off", " 09:40 ░"]


def test_header_and_gutter_stay_while_the_body_scrolls() -> None:
    shown = view(
        column(block("09:00", "09:20"), heading="A Khan", subheading="team A"),
        column(block("09:20", "09:40"), heading="B Osei", subheading="team B"),
        column(heading="C Reid"),
    )
    assert lines(shown, scroll=(13, 1), width=24, height=6) == picture("""
                B Osei       C R
                team B
         09:10
         09:20 ▌FC50 T Lee
         09:30 ▌
         09:40
        """)


def test_a_column_cut_by_scrolling_keeps_its_place() -> None:
    shown = view(column(block("09:00", "09:20", "", "山田 太郎")), column(heading="C", length=6))
    assert lines(shown, width=24, height=3)[1] == " 09:00 ▌山田 太郎   ·"
    # A wide character that the edge cuts in half becomes a blank.
    assert lines(shown, scroll=(2, 0), width=24, height=3)[1] == " 09:00  田 太郎   ·"
    for x in range(13):
        row = lines(shown, scroll=(x, 0), width=24, height=3)[1]
        assert cell_len(row[: row.index("·")]) == 7 + 13 - x


def test_columns_that_are_not_loaded_wait() -> None:
    loaded = column(block("09:00", "09:20"), heading="Z")
    shown = view(loaded, first_column=1, column_count=3)
    assert lines(shown, width=46, height=3) == [
        "        …            Z            …",
        " 09:00 …            ▌FC50 T Lee  …",
        " 09:10 …            ▌            …",
    ]


def test_now_is_marked_only_on_its_day() -> None:
    shown = view(column(), now=(THURSDAY, t("09:25")))
    assert [y for y, line in enumerate(lines(shown)) if line.startswith("▸")] == [3]
    assert not any("▸" in line for line in lines(replace(shown, now=(date(2026, 11, 27), t("09:25")))))


def test_an_offer_that_is_gone_is_crossed_out_above_whoever_has_it() -> None:
    taken = block("09:10", "09:50", "FC40", "J Patel", kind="hold", expires_at=192_000)
    ghost = Ghost("B Osei", THURSDAY, t("09:10"), t("09:50"), "FC40", "Khan, S", gone=True)
    shown = view(column(taken))
    state = GridState(ghost=ghost)
    assert lines(shown, state=state) == picture("""
                B Osei
         09:00
         09:10 ▏!Khan, S +1▕
         09:20 ▏◇J Patel   ▕
         09:30 ▏◇3:12 FC40 ▕
         09:40 ▏◇          ▕
         09:50
        """)
    assert ("Khan, S ", "gone") in styles_of(shown, state, y=2)
    styles = {**STYLES, "gone": Style(strike=True)}
    grid = Geometry(1, shown.first_tick, shown.last_tick, 2, 13)
    for cursor in (None, (0, t("09:10"))):
        strip = Painter(UNICODE, styles).strip(2, shown, replace(state, cursor=cursor), grid, Window(20, 9))
        assert [part.text.strip() for part in strip if part.style and part.style.strike] == ["Khan, S"]


def test_an_offer_over_entries_says_how_many_lie_under_it() -> None:
    ghost = Ghost("B Osei", THURSDAY, t("09:00"), t("09:20"), "FC20", "Khan, S")
    shown = view(column(block("09:10", "09:30")))
    assert [line[7:] for line in lines(shown, state=GridState(ghost=ghost))[1:4]] == [
        "▏Khan, S    ▕",
        "▏FC20     +1▕",
        "▌",
    ]


def test_an_offer_on_one_line_and_off_the_line() -> None:
    ghost = Ghost("B Osei", THURSDAY, t("09:05"), t("09:15"), "W10", "Ann")
    shown = view(column())
    assert lines(shown, zoom=6, state=GridState(ghost=ghost), height=2)[1] == " 09:00 ▏:05 Ann W10▕"


def test_an_entry_that_is_carried_is_faded_and_said_to_move() -> None:
    moved = block("09:00", "09:20")
    state = GridState(carried=moved.entry_id, ghost=Ghost("B Osei", THURSDAY, t("09:10"), t("09:30"), "FC50", "T Lee"))
    shown = view(column(moved))
    assert [line[7:] for line in lines(shown, state=GridState(carried=moved.entry_id))[1:3]] == [
        "▌FC50 T Lee",
        "▌moving",
    ]
    assert ("▌", "carried") in styles_of(shown, state)
    # Its own old place is not counted under its new one.
    assert "+1" not in "".join(lines(shown, state=state))


@pytest.mark.parametrize("group", GROUPS)
def test_the_bar_of_an_appointment_has_the_colour_of_its_group(group: str) -> None:
    assert styles_of(view(column(block("09:00", "09:20", group=group))))[1] == ("▌", f"group-{group}")


def test_an_unknown_group_is_drawn_all_the_same() -> None:
    assert styles_of(view(column(block("09:00", "09:20", group="other"))))[1] == ("▌", "appointment")


def test_the_cursor_covers_its_cell_and_keeps_the_signs() -> None:
    shown = view(column(block("09:00", "09:20"), length=2))
    for focused, name in ((True, "cursor"), (False, "cursor-blurred")):
        drawn = styles_of(shown, GridState(cursor=(0, t("09:05")), focused=focused))
        assert drawn[1:] == [("▌", name), ("FC50 T Lee  ", name)]


def test_the_row_of_now_has_a_ground_of_its_own_but_not_under_entries() -> None:
    styles = {**STYLES, "now-row": Style(bgcolor="red")}
    shown = view(column(block("09:00", "09:20")), column(heading="C"), now=(THURSDAY, t("09:00")))
    grid = Geometry(2, shown.first_tick, shown.last_tick, 2, 13)
    strip = Painter(UNICODE, styles).strip(1, shown, GridState(), grid, Window(33, 9))
    grounds = [segment.style.bgcolor.name for segment in strip if segment.style and segment.style.bgcolor]
    assert grounds[:3] == ["black", "black", "black"]
    assert grounds[-1] == "red"


HOSTILE = [
    "[bold]Eve[/]",
    "[/b] Bob",
    "\x1b[2J\x1b]0;x\x07",
    "\x9b31m",
    "a\x00b\rc\nd\te",
    "\u202eevil",
    "\u200b\ufeff",
    "e" + "\u0301" * 200,
    "山田太郎山田太郎山田太郎",
    "👨\u200d👩\u200d👧",
    "\ud800",
    "",
    " ",
    "x" * 100_000,
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("zoom", ZOOMS)
def test_hostile_text_neither_steers_the_terminal_nor_breaks_the_columns(text: str, zoom: int) -> None:
    """`lines` itself checks that every line is exactly as wide as the window."""
    entries = [block("09:00", "09:20", text, text), block("09:20", "09:40", text, text, kind="hold", expires_at=1)]
    shown = view(
        column(*entries, heading=text, subheading=text, labels=((t("09:50"), text),), free="09:00-09:50"),
        column(heading="C", free="", closed=text),
    )
    ghost = Ghost("C", THURSDAY, t("09:00"), t("09:30"), text, text)
    for state in (GridState(), GridState(ghost=ghost), GridState(ghost=replace(ghost, gone=True))):
        drawn = "".join(lines(shown, zoom=zoom, state=state, height=16))
        drawn += describe_cell(shown.columns[0], t("09:00"), shown) + describe_cell(shown.columns[0], t("09:55"), shown)
        assert not any(ord(char) < 32 or 127 <= ord(char) < 160 or char in "\u202e\ud800" for char in drawn)
        assert "\u0301" * 5 not in drawn
    assert ("[bold]Eve" in lines(shown, zoom=1, height=16)[2]) == (text == "[bold]Eve[/]")


names = st.text(st.sampled_from("abc é山👩\u0301\u200d!"), max_size=20)


@given(st.integers(0, 40), st.integers(1, 16), st.integers(0, 60), names, st.sampled_from(ZOOMS), st.booleans())
def test_every_line_is_as_wide_as_any_window(width: int, cells: int, x: int, text: str, zoom: int, gone: bool) -> None:
    shown = view(
        column(block("09:05", "09:30", text, text, flagged=True, key=True), block("09:30", "09:40", text, "", kind="hold")),
        column(block("09:00", "09:10", text, text, kind="block"), heading="C", length=3),
        now=(THURSDAY, 108),
    )
    state = GridState((1, 110), True, Ghost("B Osei", THURSDAY, 109, 117, text, text, gone), None, 5)
    lines(shown, zoom=zoom, width=width, height=16, state=state, scroll=(x, 2), column_width=cells)


def test_below_the_day_there_is_nothing() -> None:
    assert lines(view(column(), last="09:10"), height=5) == ["        B Osei", " 09:00", "", "", ""]


def test_a_column_is_planned_once_and_a_line_drawn_once() -> None:
    shown = view(column(block("09:00", "09:20")))
    grid, window = Geometry(1, shown.first_tick, shown.last_tick, 2, 13), Window(20, 9)
    painter = Painter(UNICODE, STYLES)
    assert painter.plan(shown.columns[0], grid) is painter.plan(shown.columns[0], grid)
    first = painter.strip(1, shown, GridState(), grid, window)
    # The clock is none of this line's business, nor is a cursor elsewhere.
    assert painter.strip(1, shown, GridState((0, 119), clock_ms=5), grid, window) is first
    assert painter.strip(1, shown, GridState((0, 108)), grid, window) is not first
    assert painter.strip(1, replace(shown, generation=2), GridState(), grid, window) is not first


def test_a_countdown_draws_its_line_again_once_a_second() -> None:
    shown = view(column(block("09:00", "09:20", kind="hold", expires_at=60_000)))
    grid, window = Geometry(1, shown.first_tick, shown.last_tick, 2, 13), Window(20, 9)
    painter = Painter(UNICODE, STYLES)
    first = painter.strip(2, shown, GridState(clock_ms=0), grid, window)
    assert painter.strip(2, shown, GridState(clock_ms=999), grid, window) is first
    later = painter.strip(2, shown, GridState(clock_ms=1000), grid, window)
    assert (first.text.strip(), later.text.strip()) == ("09:10 ◇1:00 FC50", "09:10 ◇0:59 FC50")


def test_the_changed_part_of_a_line_is_found() -> None:
    shown = view(column(), column(heading="C"), column(heading="D"))
    grid, window = Geometry(3, shown.first_tick, shown.last_tick, 2, 13), Window(46, 9)
    painter = Painter(UNICODE, STYLES)
    old = painter.strip(1, shown, GridState(), grid, window)
    new = painter.strip(1, shown, GridState(cursor=(1, 108)), grid, window)
    assert changed_span(old, old) is None
    assert changed_span(old, new) == (20, 33)


def test_a_plan_has_a_cell_for_every_line_even_outside_the_entries_seen() -> None:
    early = column(block("08:00", "09:15"), block("09:50", "11:00"))
    for zoom in ZOOMS:
        grid = Geometry(1, t("09:00"), t("10:00"), zoom)
        plan = plan_column(early, grid)
        assert len(plan) == grid.rows
        assert plan[0].block is not None
        assert plan[-1].block is not None


def test_every_default_look_uses_a_pair_that_the_contrast_test_holds() -> None:
    """Foregrounds without a ground of their own lie on $background, and on $surface in the row of now."""
    for name, look in LOOKS.items():
        rules = dict(rule.split(": ") for rule in look.split("; "))
        if "color" in rules:
            pair = (rules["color"].removeprefix("$"), rules.get("background", "$background").removeprefix("$"))
            assert pair in PAIRS or pair == ("text-muted", "grid-header-background"), name


class TestWords:
    """The status line."""

    def test_free_and_fits(self) -> None:
        shown = view(column(length=10))
        assert describe_cell(shown.columns[0], t("10:00"), shown) == (
            "B Osei, Thursday 26 November, 10:00 to 10:50, free; First commitment fits"
        )

    def test_free_but_no_start(self) -> None:
        shown = view(column(length=10))
        assert describe_cell(shown.columns[0], t("11:50"), shown) == (
            "B Osei, Thursday 26 November, 09:00 to 12:00, free; First commitment fits, but does not start at 11:50"
        )

    def test_free_but_too_short(self) -> None:
        shown = view(column(free="09:00-09:30", length=10))
        assert describe_cell(shown.columns[0], t("09:10"), shown) == (
            "B Osei, Thursday 26 November, 09:00 to 09:30, free; First commitment does not fit"
        )

    def test_free_with_nothing_in_hand(self) -> None:
        shown = view(column(), ticks_in_hand=None, in_hand="")
        assert describe_cell(shown.columns[0], t("09:10"), shown).endswith("09:00 to 12:00, free")

    def test_stranded(self) -> None:
        shown = view(column(free="09:00-09:10", stranded_mask=span(t("09:00"), t("09:10"))))
        assert describe_cell(shown.columns[0], t("09:05"), shown).endswith(
            "09:00 to 09:10, free but stranded: nothing that may be booked here fits 10 minutes"
        )

    def test_hold(self) -> None:
        held = block("09:00", "09:50", who="J Patel", kind="hold", expires_at=200_000)
        shown = view(column(held, replace(held, start=120, end=126, mine=True, who="Khan, S", key=True)))
        one = shown.columns[0]
        assert describe_cell(one, 108, shown, clock_ms=8_000).endswith("09:00 to 09:50, held by J Patel, 3:12 left")
        assert describe_cell(one, 108, shown).endswith("held by J Patel")
        assert describe_cell(one, 121, shown).endswith("10:00 to 10:30, your hold: FC50 Khan, S, payment type")

    def test_appointment_and_block(self) -> None:
        shown = view(
            column(
                block("09:00", "09:50", flagged=True, status="dna"),
                block("09:50", "10:00", "", "team", kind="block"),
                block("10:00", "10:10", "", "", kind="block"),
            )
        )
        words = [describe_cell(shown.columns[0], t(at), shown) for at in ("09:00", "09:50", "10:00")]
        assert words[0].endswith("09:00 to 09:50, FC50 T Lee, did not attend, flagged")
        assert words[1].endswith("09:50 to 10:00, blocked: team")
        assert words[2].endswith("10:00 to 10:10, blocked")

    def test_closed(self) -> None:
        shown = view(
            column(free="09:00-12:00 13:00-17:00", labels=((t("12:00"), "lunch"),)),
            column(heading="Fri 25", coach="C Reid", free="", closed="Christmas Day"),
        )
        assert describe_cell(shown.columns[0], t("12:30"), shown).endswith("12:00 to 13:00, closed: lunch")
        assert describe_cell(shown.columns[0], t("17:30"), shown).endswith("17:00 to 24:00, closed")
        assert describe_cell(shown.columns[1], t("10:00"), shown) == (
            "C Reid, Thursday 26 November, 00:00 to 24:00, closed: Christmas Day"
        )

    def test_what_else_is_on_the_line(self) -> None:
        shown = view(column(block("09:10", "09:20", "WSR10", "J Doe"), length=2))
        assert describe_cell(shown.columns[0], t("09:00"), shown, ticks=6).endswith("fits; also 09:10 WSR10 J Doe, booked")


def mark(start: str, *ways: tuple[str, int], rest: int = 2) -> Mark:
    made = Mark.begun("B Osei", THURSDAY, t(start), rest)
    for end, left in ways:
        made = made.to(t(end), left)
    return made


def test_a_mark_is_seen_without_colour() -> None:
    shown = view(column(block("09:00", "09:20", "FC20", "T Lee")), column(heading="C Reid"))
    drawn = lines(shown, state=GridState(mark=mark("09:10", ("09:30", 2)), cursor=(0, t("09:30"))))
    assert drawn == picture("""
                B Osei       C Reid
         09:00 ▌FC20 T Lee
         09:10 ▌           ▐
         09:20             ▐
         09:30             ▐
         09:40
         09:50
        """)
    in_ascii = lines(shown, state=GridState(mark=mark("09:10", ("09:30", 2))), glyphs=ASCII)
    assert [line.rstrip()[-1:] for line in in_ascii[2:5]] == ["*"] * 3


def test_a_mark_that_begins_and_ends_within_a_line_says_the_minutes() -> None:
    shown = view(column())
    drawn = lines(shown, state=GridState(mark=mark("09:05", ("09:20", 1), rest=1)), width=20)
    assert [line[7:] for line in drawn[1:5]] == ["         :05▐", "            ▐", "        -:25▐", ""]
    within = lines(shown, state=GridState(mark=mark("09:20", rest=1)), width=20)
    assert within[3][7:] == "        -:25▐"


@pytest.mark.parametrize("zoom", ZOOMS)
@pytest.mark.parametrize("width", [3, 12, 13, 28])
def test_a_marked_line_is_as_wide_as_another(zoom: int, width: int) -> None:
    shown = view(column(block("09:00", "09:25", "FC25", "T Lee", flagged=True, key=True)), column(heading="C"))
    state = GridState(mark=mark("09:05", ("09:20", 1), rest=1), cursor=(0, t("09:20")))
    lines(shown, zoom=zoom, width=40, column_width=width, state=state)


def test_what_is_marked_is_in_reverse_and_keeps_its_words() -> None:
    shown = view(column(block("09:00", "09:20", "FC20", "T Lee")))
    grid = Geometry(1, shown.first_tick, shown.last_tick, 2, 13)
    strip = Painter(UNICODE, STYLES).strip(1, shown, GridState(mark=mark("09:00")), grid, Window(20, 9))
    marked = [segment for segment in strip if segment.style is not None and segment.style.reverse]
    assert "".join(segment.text for segment in marked) == "▌FC20 T Lee "
    assert strip.text.endswith("▐")


def test_a_mark_of_another_day_or_diary_is_not_drawn() -> None:
    shown = view(column(heading="C Reid"))
    assert "▐" not in "".join(lines(shown, state=GridState(mark=mark("09:00"))))
    other = replace(mark("09:00"), diary="C Reid", day=date(2026, 11, 27))
    assert "▐" not in "".join(lines(shown, state=GridState(mark=other)))


def test_a_mark_changes_what_was_drawn_before() -> None:
    shown = view(column())
    grid, painter = Geometry(1, shown.first_tick, shown.last_tick, 2, 13), Painter(UNICODE, STYLES)
    window = Window(20, 9)
    before = painter.strip(1, shown, PLAIN, grid, window).text
    assert painter.strip(1, shown, GridState(mark=mark("09:00")), grid, window).text != before
    assert painter.strip(1, shown, PLAIN, grid, window).text == before


@given(
    st.integers(0, 286), st.integers(1, 6), st.lists(st.tuples(st.sampled_from(["to", "fine"]), st.integers(0, 287)), max_size=12)
)
def test_a_mark_is_always_a_stretch_of_the_day(tick: int, rest: int, ways: list[tuple[str, int]]) -> None:
    made = Mark.begun("B Osei", THURSDAY, tick, min(rest, 288 - tick))
    for way, where in ways:
        made = made.to(where, 1) if way == "to" else made.fine(1 if where % 2 else -1)
        assert 0 <= made.start < made.end <= 288
        assert made.start <= made.tick < made.end
        assert made.start <= made.anchor <= made.end
    assert clock(made.start) in made.words("B Osei")


@pytest.mark.parametrize(
    ("begun", "steps", "span_of"),
    [
        (("09:00", 2), (1,), ("09:00", "09:15")),
        (("09:00", 2), (-1,), ("09:00", "09:05")),
        (("09:00", 2), (-1, -1), ("08:55", "09:10")),
        (("09:00", 1), (-1,), ("08:55", "09:05")),
        (("09:00", 2), (-1, -1, 1), ("09:00", "09:10")),
        (("00:00", 1), (-1, -1, -1), ("00:00", "00:05")),
        (("23:55", 1), (1, 1), ("23:55", "24:00")),
    ],
)
def test_five_minutes_at_a_time(begun: tuple[str, int], steps: tuple[int, ...], span_of: tuple[str, str]) -> None:
    made = mark(begun[0], rest=begun[1])
    for by in steps:
        made = made.fine(by)
    assert (clock(made.start), clock(made.end)) == span_of


def test_the_words_of_a_mark_cannot_steer_a_terminal() -> None:
    assert "\x1b" not in mark("09:00").words("\x1b[2J\u202eKhan")
