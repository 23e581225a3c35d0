"""What is looked for, as far as it is known: said in one line, or typed into a form."""

from dataclasses import dataclass
from datetime import date

from agent_tui.domain.requests import ClockWindow, Request


@dataclass(frozen=True, slots=True)
class Sought:
    """A search in the making, None or empty where nothing is said.

    `near` is a tick of the day; `client_words` are somebody's words for a claimant who was not yet looked up.
    """

    type: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    window: ClockWindow | None = None
    near: int | None = None
    diary: str | None = None
    team: str | None = None
    channel: str | None = None
    needs: tuple[str, ...] = ()
    priority: str | None = None
    contact: str | None = None
    client: str | None = None
    client_words: str = ""
    access: str = ""
    language: str = ""

    def to_request(self, today: date, default_last: date) -> Request | None:
        """Return the search from the first day or today on, with the usual limit of offers; None without a type."""
        if self.type is None:
            return None
        first = self.first_day or today
        return Request(
            type=self.type,
            first_day=first,
            last_day=self.last_day or max(default_last, first),
            window=self.window,
            near=self.near,
            diary=self.diary,
            team=self.team,
            channel=self.channel,
            needs=self.needs,
            client=self.client,
        )
