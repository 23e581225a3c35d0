"""What came of a request whose answer was lost when the store went away."""

from agent_tui.domain.requests import Outcome
from agent_tui.services.acts import Act, RequestId
from agent_tui.services.desk import Desk
from agent_tui.store.queries import log as log_queries
from agent_tui.store.unit_of_work import Unit


def look_up(desk: Desk, request: str) -> Outcome | None:
    """Return what an act on an entry was answered under a request's id, or None when it was not done and never will be.

    It waits for every act that is being committed, so that None is final. Trouble with the store raises StoreTrouble.
    """

    def work(unit: Unit) -> Outcome | None:
        log_queries.wait_for_commits(unit, desk.site)
        event = log_queries.by_request(unit, desk.site, request)
        return None if event is None else Act(desk, unit, RequestId(request, ""), look=False).answer_from(event)

    return desk.store.write(work)
