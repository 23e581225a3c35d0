"""The services against a dictionary, and faults that the dictionary must find."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from agent_tui.services import acts, allocating, changes
from agent_tui.store import unit_of_work
from agent_tui.store.queries import entries
from tests.torture.model import Services, make_template
from tests.torture.world import Differs

# More examples than 10,000 acts need: some end early.
EXAMPLES, STEPS, ACTS = 215, 50, 10_000
QUICK = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    derandomize=True,
    database=None,
    deadline=None,
    # What is found is printed as it was met: to make it short can take longer than all the rest.
    phases=[Phase.generate],
    print_blob=False,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The store of which each example gets a copy, and a clock of the database that stands still."""
    monkeypatch.setattr(unit_of_work, "_SQLITE_CLOCK", unit_of_work._SQLITE_CLOCK)
    Services.template = tmp_path / "template.db"
    make_template(Services.template)
    Services.done.clear()
    yield
    Services.done.clear()


def test_ten_thousand_acts_are_answered_as_the_dictionary_says(template: None) -> None:
    run_state_machine_as_test(Services, settings=QUICK)
    print(sorted(Services.done.items()))
    assert Services.done.total() >= ACTS


def no_ticks(unit: unit_of_work.Unit, site: str, entry: str, ranges: list[entries.Range], expires_at: int | None) -> None:
    """Write claims and leave the guard out."""
    for resource, day, start, end in sorted(ranges):
        unit.run(entries.CLAIM_STATEMENT, site, resource, day, start, entry, end, expires_at)


# What is taken out: the guard, the end of a hold, a claimant's other times, what an undo has of time.
FAULTS: dict[str, list[tuple[object, str, object]]] = {
    "the guard": [(entries, "take", no_ticks)],
    "the end of a hold": [(acts.Act, "is_lapsed", lambda _act, _entry: False)],
    "a claimant's other times": [(one, "clashes_at", lambda *_: []) for one in (allocating, changes)],
    "the end of an undo": [(acts, "UNDO_SECONDS", 10**9)],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_dictionary_finds_what_is_taken_out(template: None, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    for where, name, instead in FAULTS[fault]:
        monkeypatch.setattr(where, name, instead)
    with pytest.raises(Differs):
        run_state_machine_as_test(Services, settings=settings(QUICK, max_examples=60))
