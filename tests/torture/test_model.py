"""The services against a dictionary, and faults that the dictionary must find."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from agent_tui.store import unit_of_work
from tests.torture.model import Services, make_template

EXAMPLES, STEPS = 200, 50
QUICK = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    derandomize=True,
    database=None,
    deadline=None,
    # What is found is printed as it was met: to make it short can take longer than all the rest.
    phases=[Phase.generate],
    print_blob=False,
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
    assert Services.done.total() >= EXAMPLES * STEPS
