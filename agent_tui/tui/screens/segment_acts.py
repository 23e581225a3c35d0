"""Acts on segments: edited, allowed, replicated, previewed, saved and taken back; whose they are and when they hold."""

from typing import TYPE_CHECKING

from agent_tui.domain.pattern_change import assigned_to
from agent_tui.domain.pattern_draft import PatternDraft, SegmentRow, Slot, allowing, put, replicated
from agent_tui.domain.patterns import Segment
from agent_tui.domain.plurals import counted
from agent_tui.domain.ticks import clock
from agent_tui.domain.types import ANY_CHANNEL
from agent_tui.tui.effect_words import pattern_lines
from agent_tui.tui.modals import EffectModal, Field
from agent_tui.tui.modals.pick import PickModal
from agent_tui.tui.screens.segment_saving import SegmentSaving
from agent_tui.tui.segment_text import Texts, read_dates, read_owners, read_segment
from agent_tui.tui.widgets.picker import Choice
from agent_tui.tui.widgets.segment_editor import SegmentTable, TypeList

if TYPE_CHECKING:
    pass

SITE = "site"


class SegmentActs(SegmentSaving):
    """What is done on the segments screen; what it shows is in screens/segments.py."""

    table: SegmentTable
    available: TypeList
    allowed: TypeList

    def paint(self, start: int | None = None) -> None:
        """Show the slot in hand."""

    def go_to(self, slot: Slot) -> None:
        """Show another weekday or date."""

    @property
    def own_row(self) -> SegmentRow | None:
        """The segment of the owner's own that has the highlight."""
        raise NotImplementedError

    def unassigned(self, code: str) -> bool:
        """Return whether the diary in hand does not have a type."""
        raise NotImplementedError

    # Words.

    def owner_words(self, owner: str) -> str:
        """Return an owner as a person knows it: "D02 B Osei", "team A", "the site"."""
        catalogue = self.catalogue
        if owner in catalogue.diaries:
            return f"{owner} {catalogue.diaries[owner].coach}"
        if owner in catalogue.rooms:
            return f"{owner} {catalogue.rooms[owner].name}"
        return f"team {owner}" if owner else "the site"

    def row_words(self, row: SegmentRow) -> str:
        """Return a line of the table in words, for the status line."""
        part = row.segment
        what = counted(len(part.types), "type") if part.types else "nothing may be booked"
        channel = "" if part.channel == ANY_CHANNEL else f", {part.channel} only"
        limit = "" if part.limit is None else f", at most {part.limit} a day"
        own = "" if row.own else f"; it is the {row.level}'s"
        own += ", n makes one here over it" if not row.own and self.may("new_segment") else ""
        return f"{clock(row.start)} to {clock(row.end)}: {what}{channel}{limit}{own}"

    # One segment.

    def _change(self, segments: tuple[Segment, ...], start: int | None = None) -> None:
        self.draft = self.draft.with_segments(self.slot, segments)
        self.paint(start)

    def action_new_segment(self) -> None:
        """Make a segment of the owner's own, with the times of the highlighted line at first."""
        row = self.table.row
        part = None
        if row is not None:
            own = assigned_to(self.catalogue, self.draft.level, self.draft.owner)
            part = Segment(row.start, row.end, row.segment.types & own, row.segment.channel)
        self._ask_segment("New segment", None, part)

    def action_edit_segment(self) -> None:
        """Change the highlighted segment; over what a less specific level says a new one is made."""
        row = self.own_row
        if row is None:
            self.action_new_segment()
        else:
            self._ask_segment("Segment", row.start, row.segment)

    def _ask_segment(self, title: str, instead_of: int | None, part: Segment | None) -> None:
        """Ask for times, channel, limit and description; what overlaps or ends before it starts is refused in the dialog."""
        types = frozenset[str]() if part is None else part.types

        def kept() -> tuple[Segment, ...]:
            # As they are when the dialog is taken: another terminal may have saved while it was open.
            return tuple(one for one in self.draft.pattern(self.slot).segments if one.start != instead_of)

        def read(texts: Texts) -> tuple[Segment | None, dict[str, str]]:
            return read_segment(texts, types, kept())

        fields = [
            Field("start", "Start", "" if part is None else clock(part.start), "such as 09:00", 8),
            Field("end", "End", "" if part is None else clock(part.end), "such as 12:00", 8),
            Field("channel", "Channel", ANY_CHANNEL if part is None else part.channel, "all, f2f, phone or video", 10),
            Field("limit", "Limit", "" if part is None or part.limit is None else str(part.limit), "most appointments a day", 4),
            Field("description", "Description", "" if part is None else part.description, "what it is for"),
        ]

        def answered(texts: Texts) -> None:
            made, _problems = read(texts)
            assert made is not None
            self._change(put(kept(), made), made.start)
            self.table.focus()

        whose = self.owner_words(self.draft.owner)
        about = f"{self.draft.level} {self.draft.owner} {self.slot} {instead_of}"
        self.ask(title, f"For {whose}", fields, lambda texts: read(texts)[1], answered, about=about, kept=False)

    def action_remove_segment(self) -> None:
        """Remove the highlighted segment from the draft."""
        row = self.own_row
        if row is not None:
            self._change(tuple(one for one in self.draft.pattern(self.slot).segments if one.start != row.start))

    def action_day_off(self) -> None:
        """Make the day a day off, or take that back."""
        pattern = self.draft.pattern(self.slot)
        self.draft = self.draft.with_segments(self.slot, pattern.segments, not pattern.day_off)
        self.paint()

    # Types.

    def _allow(self, types: frozenset[str]) -> None:
        row = self.own_row
        if row is None:
            self.say("This line is not of its own: n makes a segment over it.", "warning")
        else:
            self._change(allowing(self.draft.pattern(self.slot).segments, row.start, types), row.start)

    def action_allow_type(self) -> None:
        """Allow the highlighted type, or no longer where it is allowed."""
        row, kind = self.own_row, (self.allowed if self.allowed.has_focus else self.available).kind
        if row is None or kind is None:
            self._allow(frozenset())
        else:
            self._allow(row.segment.types ^ {kind.code})

    def action_disallow_type(self) -> None:
        """Allow the highlighted type no longer."""
        row, kind = self.own_row, (self.available if self.available.has_focus else self.allowed).kind
        if row is not None and kind is not None:
            self._allow(row.segment.types - {kind.code})

    def action_allow_all(self) -> None:
        """Allow every type that is shown as available, those in hand too."""
        row = self.own_row
        shown_now = {one[0].code for one in self.available.kinds}
        self._allow((row.segment.types if row is not None else frozenset[str]()) | shown_now)

    def action_allow_none(self) -> None:
        """Close the segment."""
        self._allow(frozenset())

    def action_replicate(self) -> None:
        """Allow the same types in all open segments of the day."""
        row = self.own_row
        if row is not None:
            before = self.draft.pattern(self.slot).segments
            after = replicated(before, row.start)
            self._change(after, row.start)
            changed = sum(one != two for one, two in zip(before, after, strict=True))
            allowed, where = counted(len(row.segment.types), "type"), counted(changed + 1, "open segment")
            self.say(f"{allowed} now in {where}; closed ones stay closed.", "done")

    # Whose, and when.

    def action_choose_owner(self) -> None:
        """Choose whose segments are shown; what is changed and not saved must be saved or dropped first."""
        if self.draft.changed:
            self.say("Save what is changed first, or drop it.", "warning")
            return
        catalogue = self.catalogue
        choices = [Choice(SITE, "the site", "holds where no team and no diary says more")]
        choices += [Choice(f"team:{code}", f"team {code}", name) for code, name in sorted(catalogue.teams.items())]
        choices += [
            Choice(f"diary:{one.code}", f"{one.code} {one.coach}", f"team {one.team}{'' if one.enabled else ', switched off'}")
            for one in sorted(catalogue.diaries.values(), key=lambda one: one.code)
            if one.retired is None
        ]
        choices += [Choice(f"resource:{one.code}", f"{one.code} {one.name}", one.kind) for one in catalogue.rooms.values()]
        now = SITE if self.draft.level == SITE else f"{self.draft.level}:{self.draft.owner}"

        def chosen(id: str) -> None:
            level, _, owner = id.partition(":")
            self.draft = PatternDraft(catalogue, level, owner, self.draft.first, self.draft.until)
            self.paint()

        self.modal(PickModal("Whose segments", choices, chosen=now, glyphs=self.glyphs), chosen)

    def action_choose_dates(self) -> None:
        """Choose from when and until when it holds, or one date that is an exception."""
        draft = self.draft
        only = "" if isinstance(self.slot, int) else self.slot.isoformat()
        fields = [
            Field("first", "From", draft.first.isoformat(), "such as 1 dec or next mon", 20),
            Field("until", "Until", "" if draft.until is None else draft.until.isoformat(), "empty: for good", 20),
            Field("only", "Or only on", only, "one day as an exception", 20),
        ]

        def answered(texts: Texts) -> None:
            days, _problems = read_dates(texts, self.today)
            self.draft = self.draft.from_day(days["first"] or self.today, days["until"])
            day = days["only"]
            self.go_to(day if day is not None else self.slot if isinstance(self.slot, int) else self.slot.weekday())

        sentence = "Weekdays hold from the first day on; what has begun is never changed backwards."
        self.ask("Dates", sentence, fields, lambda texts: read_dates(texts, self.today)[1], answered, kept=False)

    def action_also_for(self) -> None:
        """Choose others of the same level that get the same segments in one save."""
        catalogue, level = self.catalogue, self.draft.level
        codes = {"diary": [*catalogue.diaries], "team": [*catalogue.teams], "resource": [*catalogue.rooms], SITE: []}[level]
        if not codes:
            self.say("The site's own segments hold for every diary.", "warning")
            return
        codes.sort()

        def check(texts: Texts) -> dict[str, str]:
            _found, strangers = read_owners(texts["also"], codes, self.draft.owner)
            return {"also": strangers} if strangers else {}

        def answered(texts: Texts) -> None:
            found, _strangers = read_owners(texts["also"], codes, self.draft.owner)
            self.draft = PatternDraft(
                *(self.draft.catalogue, self.draft.level, self.draft.owner, self.draft.first, self.draft.until),
                also=tuple(found),
                changed=self.draft.changed,
            )
            self.paint()

        fields = [Field("also", "Also for", " ".join(self.draft.also), "such as D03 D05-D07, empty for none", 400)]
        sentence = f"Whatever is changed for {self.owner_words(self.draft.owner)} is saved for these too."
        self.ask("Also for", sentence, fields, check, answered, about=self.draft.owner, kept=False)

    def action_drop_changes(self) -> None:
        """Drop what was changed and not saved, after a look at it."""
        if not self.draft.changed:
            self.say("Nothing is changed.")
            return
        lines = ["These changes are dropped:", "", *pattern_lines(self.draft.wanted())]

        def dropped(_yes: object) -> None:
            self.draft = PatternDraft(
                self.back.live.catalogue, self.draft.level, self.draft.owner, self.draft.first, self.draft.until
            )
            self.use(self.back.live.catalogue)

        self.modal(EffectModal("Drop changes", lines, yes="drops them", glyphs=self.glyphs), dropped)
