"""Acts on diaries: asked for, approved, switched, retired, absorbed; overtime put into them; segmentation found wanting."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from agent_tui.domain.cleaning import clean
from agent_tui.domain.diary_requests import DiaryRequest
from agent_tui.domain.incidents import CLAIMANT_NAMED, names_claimant
from agent_tui.domain.pattern_files import weekday_of
from agent_tui.domain.request_text import FieldProblem, read_day, read_tick
from agent_tui.domain.ticks import parse_clock
from agent_tui.tui.modals import ChoiceModal, Field
from agent_tui.tui.screens.two_panes import TwoPanes
from agent_tui.tui.segment_text import read_owners

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.overtime import Overtime
    from agent_tui.tui.screens.diaries import Row

Texts = Mapping[str, str]


class DiaryActs(TwoPanes):
    """What is done on the diaries screen; what it shows is in screens/diaries.py."""

    @property
    def row(self) -> "Row | None":
        """The line that has the highlight."""
        raise NotImplementedError

    def _code(self, kind: str = "diary") -> str | None:
        row = self.row
        if row is not None and row.kind == kind:
            return row.code
        self.say(f"Go to a {kind} first.", "warning")
        return None

    # The line in hand.

    def action_open_diary(self) -> None:
        """Go to the segments of a diary or room, or decide on a ticket."""
        from agent_tui.tui.screens.going import go_to_segments

        row = self.row
        if row is None:
            return
        if row.kind == "ticket":
            self._decide(row.code)
        elif not go_to_segments(self.app, "diary" if row.kind == "diary" else "resource", row.code):
            self.say("Segments of another are changed and not saved; save or drop them first.", "warning")

    def action_switch(self) -> None:
        """Switch a diary, room or piece of equipment on or off; what stays booked is shown before it goes off."""
        row = self.row
        if row is None or row.kind == "ticket":
            self.say("Go to a diary or a room first.", "warning")
            return
        code, room = row.code, row.kind == "room"
        enabled = self.catalogue.rooms[code].enabled if room else self.catalogue.diaries[code].enabled

        def service() -> Any:
            from agent_tui.services import diaries, resources

            return resources if room else diaries

        if enabled:
            self.propose(
                f"Switch {code} off",
                lambda desk: service().preview(desk, code),
                lambda desk, id: service().disable(desk, code, id=id),
                yes="switches it off",
            )
        else:
            self.propose(f"Switch {code} on", None, lambda desk, id: service().enable(desk, code, id=id))

    def action_retire(self) -> None:
        """Retire a diary that is no longer required."""
        code = self._code()
        if code is None:
            return

        def look(desk: "Desk") -> object:
            from agent_tui.services import diaries

            return diaries.preview(desk, code, retiring=True)

        def act(desk: "Desk", id: str) -> object:
            from agent_tui.services import diaries

            return diaries.retire(desk, code, id=id)

        self.propose(f"Retire {code}", look, act, yes="retires it")

    # Tickets.

    def action_request_diary(self) -> None:
        """Ask for a new diary with the details that the guidance names."""
        like = self.row.code if self.row is not None and self.row.kind == "diary" else ""
        fields = [
            Field("coach", "Work coach", "", "first and last name", 60),
            Field("staff_number", "Staff number", "", "6 to 8 digits", 20),
            Field("email", "E-mail", "", "name@dwp.gov.uk", 254),
            Field("team", "Team", next(iter(self.catalogue.teams), ""), "code of a team", 40),
            Field("like", "Types like", like, "code of a diary; empty for none", 10),
        ]

        def wanted(texts: Texts) -> DiaryRequest:
            like = texts["like"].strip().upper() or None
            return DiaryRequest(texts["coach"], texts["staff_number"], texts["email"], texts["team"], like=like)

        def check(texts: Texts) -> dict[str, str]:
            from agent_tui.domain.diary_requests import request_problems

            problems: dict[str, str] = {}
            for sentence in request_problems(self.catalogue, wanted(texts), self.today):
                name, _, words = sentence.partition(": ")
                words = words or sentence
                problems.setdefault(name if name in texts else "coach", words[:1].upper() + words[1:])
            return problems

        def answered(texts: Texts) -> None:
            asked = wanted(texts)

            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import diary_tickets

                return diary_tickets.request(desk, asked, id=id)

            self.propose("Request", None, act)

        sentence = "A supervisor approves it; until then it waits as a ticket."
        self.ask("New diary", sentence, fields, check, answered)

    def _decide(self, ticket: str) -> None:
        """Approve or decline a ticket that waits."""
        options = [("approve", "a", "approve: make the diary"), ("decline", "d", "decline, with a reason")]

        def chosen(answer: str) -> None:
            if answer == "approve":
                self._approve(ticket)
            else:
                self._ask_words("Decline", "Why it is declined", lambda words: self._declined(ticket, words), about=ticket)

        self.modal(ChoiceModal("Ticket", "What becomes of it?", options, glyphs=self.glyphs), chosen)

    def _approve(self, ticket: str) -> None:
        fields = [Field("code", "Code", "", "such as D28", 10), Field("on", "Switched on", "yes", "yes or no", 3)]

        def check(texts: Texts) -> dict[str, str]:
            from agent_tui.domain.diary_requests import code_problem

            problem = code_problem(self.catalogue, texts["code"].strip().upper())
            problems = {} if problem is None else {"code": problem}
            return problems if texts["on"].casefold() in ("yes", "no", "y", "n") else problems | {"on": "Yes or no."}

        def answered(texts: Texts) -> None:
            code, on = texts["code"].strip().upper(), texts["on"].casefold().startswith("y")

            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import diary_tickets

                return diary_tickets.approve(desk, ticket, code, enabled=on, id=id)

            self.propose("Approve", None, act)

        self.ask("Approve", "The diary gets a code of its own.", fields, check, answered, about=ticket)

    def _declined(self, ticket: str, words: str) -> None:
        def act(desk: "Desk", id: str) -> object:
            from agent_tui.services import diary_tickets

            return diary_tickets.decline(desk, ticket, words, id=id)

        self.propose("Decline", None, act)

    def action_escalate(self) -> None:
        """Say that segmentation does not meet the need, with the diary's patterns attached."""
        diary = self.row.code if self.row is not None and self.row.kind == "diary" else None

        def answered(words: str) -> None:
            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import diary_tickets

                return diary_tickets.escalate(desk, words, diary, id=id)

            self.propose("Escalate", None, act)

        what = f"What cannot be done with {f'the segments of {diary}' if diary else 'all segments'}"
        self._ask_words("Segmentation does not meet our need", what, answered, about=diary or "", least=10)

    def _ask_words(self, title: str, sentence: str, answered: Any, *, about: str, least: int = 1) -> None:
        def check(texts: Texts) -> dict[str, str]:
            if len(texts["words"]) < least:
                return {"words": f"At least {least} characters are needed."}
            return {"words": CLAIMANT_NAMED} if names_claimant(texts["words"]) else {}

        field = Field("words", "In words", "", "no personal data", 500)
        self.ask(title, sentence, [field], check, lambda texts: answered(clean(texts["words"], limit=500)), about=about)

    # Overtime and absorbing.

    def action_overtime(self) -> None:
        """Put overtime into diaries: a segment for some types alone, on single days or on a weekday."""
        code = self.row.code if self.row is not None and self.row.kind == "diary" else ""
        fields = [
            Field("diaries", "Diaries", code, "such as D01 D03-D05", 200),
            Field("days", "On", "", "days such as 5 dec, 12 dec; or a weekday", 200),
            Field("first", "From", "", "first day, for a weekday", 20),
            Field("last", "Until", "", "last day, for a weekday", 20),
            Field("start", "Start", "09:00", "such as 09:00", 8),
            Field("end", "End", "14:00", "such as 14:00", 8),
            Field("types", "Types", "FC-F2F", "codes, such as FC-F2F IEI-ID-F2F", 400),
            Field("limit", "Limit", "", "most appointments a day, empty for none", 3),
        ]

        def answered(texts: Texts) -> None:
            asked, _problems = self._read_overtime(texts)
            assert asked is not None

            def look(desk: "Desk") -> object:
                from agent_tui.services import overtime

                return overtime.preview(desk, asked)

            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import overtime

                return overtime.apply(desk, asked, id=id)

            self.propose("Overtime", look, act, yes="saves")

        sentence = "Only these types can be booked in it; types that a diary lacks are assigned with it."
        self.ask("Overtime", sentence, fields, lambda texts: self._read_overtime(texts)[1], answered, about=code)

    def _read_overtime(self, texts: Texts) -> "tuple[Overtime | None, dict[str, str]]":
        from agent_tui.services.overtime import Overtime

        problems: dict[str, str] = {}
        codes, strangers = read_owners(texts["diaries"], sorted(self.catalogue.diaries), "")
        if strangers or not codes:
            problems["diaries"] = strangers or "Name at least one diary."
        times = {}
        for name in ("start", "end"):
            tick = read_tick(texts[name])
            if isinstance(tick, FieldProblem):
                problems[name], tick = f"{tick.sentence}.", parse_clock("00:00")
            times[name] = tick
        types = tuple(texts["types"].upper().replace(",", " ").split())
        unknown = [code for code in types if code not in self.catalogue.types]
        if unknown or not types:
            problems["types"] = f"There is no type {unknown[0][:20]}." if unknown else "Name at least one type."
        days: dict[str, Any] = {}
        for name in ("first", "last"):
            found = read_day(texts[name], self.today)
            if isinstance(found, FieldProblem):
                problems[name], found = f"{found.sentence}.", None
            days[name] = found
        on, weekdays = self._read_when(texts["days"], problems)
        for name in ("first", "last"):
            if on and texts[name].strip():
                problems[name] = "It goes with a weekday; single days are named above."
        limit = texts["limit"].strip()
        if limit and not (limit.isascii() and limit.isdigit()):
            problems["limit"] = "A whole number, or nothing."
        if problems:
            return None, problems
        first = days["first"] or (self.today if weekdays else None)
        asked = Overtime(
            diaries=tuple(codes),
            types=types,
            start=times["start"],
            end=times["end"],
            days=on,
            weekdays=weekdays,
            first=first if weekdays else None,
            last=days["last"] if weekdays else None,
            limit=int(limit) if limit else None,
            description="overtime",
            assign=True,
        )
        return asked, {}

    def _read_when(self, text: str, problems: dict[str, str]) -> tuple[tuple[Any, ...], tuple[int, ...]]:
        """Return single days, or weekdays where every word names one with an s or in full."""
        words = [word.strip() for word in text.split(",") if word.strip()]
        if not words:
            problems["days"] = "Say on which days, such as 5 dec, or on which weekday, such as saturdays."
            return (), ()
        try:
            return (), tuple(sorted({weekday_of(word.casefold().removeprefix("every ").removesuffix("s")) for word in words}))
        except ValueError:
            pass
        on = []
        for word in words:
            found = read_day(word, self.today)
            if isinstance(found, FieldProblem) or found is None:
                problems["days"] = f"{found.sentence}." if isinstance(found, FieldProblem) else "Not a day."
                return (), ()
            on.append(found)
        return tuple(on), ()

    def action_absorb(self) -> None:
        """Replace an additional diary by segments in others, and retire it."""
        old = self._code()
        if old is None:
            return
        fields = [
            Field("into", "Into", "", "diaries, such as D01-D05", 200),
            Field("first", "From", "", "empty: today", 20),
            Field("rota", "One a weekday", "no", "yes: each weekday goes to one of them in turn", 3),
        ]

        def check(texts: Texts) -> dict[str, str]:
            problems: dict[str, str] = {}
            codes, strangers = read_owners(texts["into"], sorted(self.catalogue.diaries), "")
            if strangers or not codes:
                problems["into"] = strangers or "Name at least one diary."
            day = read_day(texts["first"], self.today)
            if isinstance(day, FieldProblem):
                problems["first"] = f"{day.sentence}."
            return problems if texts["rota"].casefold() in ("yes", "no", "y", "n") else problems | {"rota": "Yes or no."}

        def answered(texts: Texts) -> None:
            into = read_owners(texts["into"], sorted(self.catalogue.diaries), "")[0]
            day = read_day(texts["first"], self.today)
            first, rota = None if isinstance(day, FieldProblem) else day, texts["rota"].casefold().startswith("y")

            def look(desk: "Desk") -> object:
                from agent_tui.services import absorbing

                return absorbing.preview(desk, old, into, first, rota=rota)

            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import absorbing

                return absorbing.absorb(desk, old, into, first, rota=rota, id=id)

            self.propose(f"Absorb {old}", look, act, yes="absorbs and retires it")

        sentence = f"The segments and appointments of {old} become theirs."
        self.ask(f"Absorb {old}", sentence, fields, check, answered)
