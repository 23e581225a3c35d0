"""A claimant's access to what the store holds about them: all of it, in one file of mode 0600."""

from dataclasses import dataclass
from pathlib import Path

from agent_tui.domain.requests import Refused
from agent_tui.domain.subject_page import FORMS, Subject, subject_text
from agent_tui.services.claimants import record_looks
from agent_tui.services.desk import Desk
from agent_tui.services.exporting import FilesRefused, Folder
from agent_tui.services.looks import write_looks
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import subject as queries
from agent_tui.store.queries.log import NewEvent
from agent_tui.store.unit_of_work import Unit

VERB = "subject_exported"
WHY = "subject"
MAY_EXPORT = ("supervisor", "admin")


@dataclass(frozen=True, slots=True)
class Written:
    """The file that was written about a claimant, and how many rows of each table are in it."""

    ref: str
    file: Path
    form: str
    counts: dict[str, int]


def export_subject(desk: Desk, ref: str, file: Path, *, force: bool = False) -> Written | Refused:
    """Write all that the store holds about a claimant to a file, as JSON, text or HTML by the ending of its name.

    It is a look at the claimant (why "subject") and a line of the log, both written before the file is, so that nothing leaves
    unrecorded; the document holds that look as well. Refused but for a supervisor and an administrator, for an opaque id that
    the site has not, for another ending, and where a file is there already without `force`.
    """
    form = file.suffix.removeprefix(".").lower()
    if desk.staff.role not in MAY_EXPORT:
        return Refused("role", "What is held about a claimant is written out by a supervisor or an administrator.")
    if form not in FORMS:
        return Refused(
            "not_possible", f"The name of the file ends with .{', .'.join(FORMS[:-1])} or .{FORMS[-1]}, which says the form."
        )
    with desk.store.read() as unit:
        known = client_queries.get(unit, desk.site, ref)
    if known is None:
        return Refused("unknown_client", f"There is no claimant {ref[:30]}.")
    write_looks(desk)
    record_looks(desk, [ref], WHY)

    def work(unit: Unit) -> None:
        log_queries.append(unit, desk.stamp(unit), NewEvent(VERB, client=ref, after={"claims": [], "form": form}))

    desk.store.write(work)
    with desk.store.read() as unit:
        site = desk.catalogue(unit).site
        found = Subject(ref, desk.site, site.name, desk.at(site.zone), queries.rows_about(unit, desk.site, ref))
    try:
        Folder(file.parent, force=force)(file.name, [subject_text(found, form).encode()])
    except FilesRefused as refused:
        return Refused("exists", str(refused))
    return Written(ref, file, form, found.counts)
