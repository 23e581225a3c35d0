"""A line of words asked at the desk: read by the site's own words, the claimant looked up, and searched for when it is sure."""

from dataclasses import dataclass, replace

from agent_tui.domain.asking.model import Option, Parse, Question, chips_of
from agent_tui.domain.asking.reader import read
from agent_tui.domain.asking.site_words import SiteWords
from agent_tui.domain.clients import Client
from agent_tui.domain.requests import Found
from agent_tui.domain.sentences import read_back, say_offers
from agent_tui.domain.site import Catalogue
from agent_tui.services.claimants import find_clients, get_client
from agent_tui.services.desk import Desk
from agent_tui.services.finding import UnknownClient, search

BEST = 3
DEFAULT_DAYS = 20
MOST_NAMED = 8
LOOKED_FOR = "find"


@dataclass(frozen=True, slots=True)
class Answered:
    """A line as it was read, what was found for it (None while something is to be asked) and what to say to the claimant.

    `read_backs` are the sentences that read each offer back, in the order of the offers.
    """

    parse: Parse
    found: Found | None = None
    say: str | None = None
    read_backs: tuple[str, ...] = ()


def ask(desk: Desk, line: str, limit: int = BEST) -> Answered:
    """Return what a line of words asks for and the best `limit` offers for it; never writes but who was looked at.

    Nothing is searched for while a question is open. An opaque id that no claimant has raises UnknownClient.
    """
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
    today = desk.now.date()
    parse = _with_client(desk, catalogue, read(line, SiteWords(catalogue, today)))
    default_last = catalogue.working_days_from(max(parse.asked.first_day or today, today), DEFAULT_DAYS)
    request = parse.asked.to_request(today, default_last)
    if parse.questions or request is None:
        return Answered(parse)
    found = search(desk, replace(request, limit=limit))
    backs = tuple(read_back(catalogue, found.type.code, offer) for offer in found.offers)
    return Answered(parse, found, say_offers(catalogue, found), backs)


def _with_client(desk: Desk, catalogue: Catalogue, parse: Parse) -> Parse:
    """Return a line with the claimant whom its words name; nobody or several are asked about."""
    asked = parse.asked
    if asked.client is not None:
        if get_client(desk, asked.client, LOOKED_FOR) is None:
            raise UnknownClient(asked.client)
        return parse
    if not asked.client_words:
        return parse
    found = find_clients(desk, asked.client_words, MOST_NAMED)
    if found.total != 1:
        many = "More than one claimant fits" if found.total else "No claimant fits"
        options = tuple(Option(f"{one.ref} {one.name}", _named(parse, one)) for one in found.items)
        question = Question("client", f"{many} the words; which is it?", options)
        return replace(parse, questions=(*parse.questions, question))
    known = replace(asked, client=found.items[0].ref, client_words=found.items[0].name)
    said = {chip.field: chip.words for chip in parse.chips}
    guessed = frozenset(chip.field for chip in parse.chips if not chip.sure) - {"client"}
    return replace(parse, asked=known, chips=chips_of(known, catalogue, desk.now.date(), words=said, guessed=guessed))


def _named(parse: Parse, client: Client) -> str:
    """Return a line in which a claimant's opaque id stands for the words that name them."""
    words = next((chip.words for chip in parse.chips if chip.field == "client"), "")
    return parse.line.replace(words, client.ref, 1) if words else f"{parse.line} {client.ref}"
