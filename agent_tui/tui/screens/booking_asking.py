"""One line that becomes a search: it is read as it is typed, asks what is unsure, fills the form, and shows the words to say."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from textual import getters, on

from agent_tui.domain.asking.model import SEARCHED, Chip, Question, chips_of, form_texts
from agent_tui.domain.requests import PRIORITIES, Booked, Found, Offer
from agent_tui.domain.sentences import read_back, say_offers
from agent_tui.domain.sought import Sought
from agent_tui.domain.types import CHANNELS, CONTACTS
from agent_tui.tui.messages import ClientsFound, DeskOpened, OffersFound
from agent_tui.tui.modals import ChoiceModal
from agent_tui.tui.modals.pick import PickModal
from agent_tui.tui.screens.booking_handover import HandoverDesk
from agent_tui.tui.widgets.ask_bar import AskBar, ChipRow
from agent_tui.tui.widgets.booking_form import RequestForm
from agent_tui.tui.widgets.offer_list import OfferList
from agent_tui.tui.widgets.offer_list.state import offer_of
from agent_tui.tui.widgets.picker import Choice

if TYPE_CHECKING:
    from agent_tui.domain.asking.model import Parse
    from agent_tui.domain.asking.site_words import SiteWords

BEST: Final = 3
"""Offers that are said to the claimant at once."""
_FORM_FIELDS: Final = {"days": ("from", "to")}
"""Fields of the form by what a chip shows, where they are not called the same."""


class AskingDesk(HandoverDesk):
    """The bar above the form, which stays the one truth of what is asked for: the line only fills it."""

    ask_bar = getters.query_one("#ask-bar", AskBar)
    _site_words: "SiteWords | None" = None
    _line_taken = False
    _client_sought: int | None = None
    _best: Found | None = None

    # The line.

    def action_ask(self) -> None:
        """Open the bar; what was typed in it before is still there."""
        self.ask_bar.open()
        if not self.ask_bar.line:
            self.status.hint("Such as fcm f2f tue am: enter searches, tab goes to what was read, esc closes.")

    def close_ask(self) -> bool:
        """Hide the bar, its line stays; False where it is not open."""
        if not self.ask_bar.is_open or self.form.has_focus_within:
            return False
        inside = self.ask_bar.has_focus_within
        self.ask_bar.close()
        if inside:
            (self.offers if self.offers.state.choices else self.grid).focus()
        return True

    def _read_line(self) -> "Parse | None":
        """Return the line as it is read by the words of the site, None while they are not known."""
        from agent_tui.domain.asking.reader import read
        from agent_tui.domain.asking.site_words import SiteWords

        if self.catalogue is None:
            return None
        words, today = self._site_words, self.now().date()
        if words is None or words.catalogue is not self.catalogue or words.today != today:
            words = self._site_words = SiteWords(self.catalogue, today)
        return read(self.ask_bar.line, words)

    @on(AskBar.Changed)
    def _line_changed(self, event: AskBar.Changed) -> None:
        event.stop()
        self._show_read()

    @on(DeskOpened)
    def _words_known(self) -> None:
        """Read what was typed before the words of the site were known."""
        if self.ask_bar.is_open and not self._line_taken:
            self._show_read()

    def _show_read(self) -> None:
        self._line_taken = False
        parse = self._read_line()
        self.ask_bar.show_chips(() if parse is None else parse.chips)
        self.ask_bar.show_words("", "")

    @on(AskBar.Entered)
    def _line_entered(self, event: AskBar.Entered) -> None:
        event.stop()
        self._take_line()

    def action_search(self) -> None:
        """Search now, for what the line asks where it is in hand, else as the form stands."""
        if self.ask_bar.field.has_focus:
            self._take_line()
        else:
            super().action_search()

    def _take_line(self) -> None:
        """Search for what the line asks, or ask what is not sure of it."""
        parse = self._read_line()
        if parse is None:
            self.ready()
        elif not parse.line:
            self.say("Type what is asked for, such as fcm f2f tue am.", "warning")
        elif self.has_time():
            pass
        elif parse.questions:
            self._ask_first(parse.questions[0])
        else:
            self.status.describe("")  # how the bar is used is no news any more
            self._fill_form(parse.asked)
            self.offers.focus()

    def _ask_first(self, question: Question) -> None:
        if question.options:
            options = [(one.line, str(number), one.text) for number, one in enumerate(question.options, start=1)]
            self.modal(ChoiceModal("Ask", question.text, options, glyphs=self.glyphs), self._take_answer)
        elif question.field == "type":
            line = self.ask_bar.line
            modal = PickModal(question.text, self._choices("type"), glyphs=self.glyphs)
            self.modal(modal, lambda code: self._take_answer(f"{code.lower()} {line}"))
        else:
            self.say(question.text, "warning")

    def _take_answer(self, line: str) -> None:
        """Take the line that an answer makes; what else is unsure of it is asked next."""
        self.ask_bar.put(line)
        self._show_read()
        self._take_line()

    # The form.

    def _fill_form(self, asked: Sought) -> None:
        """Put what a line asks for into the form and search; fields that it says nothing of stay, but for those of the search."""
        if self.catalogue is None:
            return
        texts, picked = form_texts(asked, self.catalogue, self.now().date())
        client = texts.pop("client", "")
        kept = {name: code for name, code in self.form.picked.items() if name not in SEARCHED}
        self.form.fill(self.form.texts | texts, kept | picked)
        if client:
            self._client_sought = self.form.seek_client(client)
        self._line_taken, self._best = True, None
        self.call.draft = self.form.draft
        self.look_for_offers()

    @on(RequestForm.RequestChanged)
    def _form_changed(self, event: RequestForm.RequestChanged) -> None:
        if self._line_taken and self.ask_bar.is_open and self.catalogue is not None:
            self.ask_bar.show_chips(chips_of(event.draft, self.catalogue, self.now().date()))

    @on(ClientsFound)
    def _client_found(self, message: ClientsFound) -> None:
        if message.place != "form" or message.generation != self._client_sought or len(message.clients) == 1:
            return
        self._client_sought = None
        if message.clients:
            self.say(f"More than one claimant fits these words: {self.key('find_client')}, then down lists them.", "warning")
        else:
            finds, makes = self.key("find_client"), self.key("new_client")
            self.say(f"No claimant fits these words: {finds} finds one, {makes} makes one.", "warning")

    # The words.

    @on(OffersFound)
    def _best_found(self, message: OffersFound) -> None:
        if message.generation == self.searches and self._line_taken and message.found is not None:
            self._best = replace(message.found, offers=message.found.offers[:BEST])
            self._show_words(next(iter(message.found.offers), None))

    @on(OfferList.Highlighted)
    def _read_back_other(self, event: OfferList.Highlighted) -> None:
        if self._best is not None and self.call.held is None:
            self._show_words(event.offer)

    def _show_words(self, offer: Offer | None) -> None:
        """Show what to say of the best offers, and the words that read one of them back."""
        found, catalogue = self._best, self.catalogue
        if found is None or catalogue is None:
            return
        back = "" if offer is None else read_back(catalogue, found.type.code, offer)
        self.ask_bar.show_words(say_offers(catalogue, found) or "", back)

    def _held(self, booked: Booked, when: str) -> None:
        """Leave only the words that read the held time back."""
        super()._held(booked, when)
        if self.ask_bar.is_open and self.catalogue is not None:
            self.ask_bar.show_words("", read_back(self.catalogue, booked.entry.type or "", offer_of(booked)))

    def _confirmed(self, booked: Booked, when: str) -> None:
        """Make room for the sentence that tells of the appointment."""
        super()._confirmed(booked, when)
        self.ask_bar.close()

    def _clear(self) -> None:
        """Forget the line with the call: it may name the claimant."""
        super()._clear()
        self._line_taken, self._best, self._client_sought = False, None, None
        self.ask_bar.clear()

    # The chips.

    def _choices(self, field: str) -> Sequence[Choice]:
        """Return what a chip can be, for those that are one of a list; the first of them takes most chips out."""
        catalogue, today = self.catalogue, self.now().date()
        if catalogue is None:
            return ()
        nothing = [Choice("", "any")]
        if field == "type":
            return [Choice(one.code, one.name, f"{one.minutes_on(today) or '-'} min") for one in catalogue.types.values()]
        if field == "coach":
            diaries = sorted(catalogue.diaries.values(), key=lambda one: one.coach)
            return [*nothing, *(Choice(one.code, one.coach, one.code) for one in diaries if one.enabled)]
        if field == "team":
            return [*nothing, *(Choice(code, name, code) for code, name in catalogue.teams.items())]
        plain = {"channel": CHANNELS, "priority": PRIORITIES, "contact": CONTACTS}.get(field, ())
        return [*(nothing if field == "channel" else []), *(Choice(one, one) for one in plain)]

    @on(ChipRow.Edited)
    def _chip_edited(self, event: ChipRow.Edited) -> None:
        event.stop()
        if self.has_time() or not self._form_is_filled():
            return
        chip, choices = event.chip, self._choices(event.chip.field)
        if choices:
            modal = PickModal(chip.label, choices, chosen=chip.code or chip.text, glyphs=self.glyphs)
            self.modal(modal, lambda code: self._change_chip(chip, next(one for one in choices if one.id == code)))
        else:
            self.show_form(True)
            self.form.focus_field(_FORM_FIELDS.get(chip.field, (chip.field,))[0])

    @on(ChipRow.Cleared)
    def _chip_cleared(self, event: ChipRow.Cleared) -> None:
        event.stop()
        if not self.has_time() and self._form_is_filled():
            self._change_chip(event.chip, Choice("", ""))

    def _form_is_filled(self) -> bool:
        """Put what is sure of the line into the form, unless the form has it."""
        if not self._line_taken:
            parse = self._read_line()
            if parse is not None:
                self._fill_form(parse.asked)
        return self._line_taken

    def _change_chip(self, chip: Chip, choice: Choice) -> None:
        """Put another value of a chip into the form, which searches for it."""
        names = _FORM_FIELDS.get(chip.field, (chip.field,))
        texts, picked = self.form.texts, self.form.picked
        label = choice.id if chip.field == "team" else choice.label
        texts |= dict.fromkeys(names, label if choice.id else "")
        picked.pop(chip.field, None)
        if choice.id and chip.field in ("type", "coach"):
            picked[chip.field] = choice.id
        self.form.fill(texts, picked)
