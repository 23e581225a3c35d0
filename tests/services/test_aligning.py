"""An alignment made the segments of real diaries, looked at first, and taken back."""

from dataclasses import replace
from uuid import uuid4

from agent_tui.domain.alignment import Meeting
from agent_tui.domain.alignment import Pattern as AlignmentPattern
from agent_tui.domain.alignment_segments import Placing
from agent_tui.domain.requests import Refused
from agent_tui.services import aligning, segmenting
from agent_tui.services.segmenting import Effect
from tests.services.conftest import House
from tests.small_site import DAY, TYPES

IEI = replace(TYPES[2], code="IEI-F2F", name="Initial evidence interview", group="initial", key=True)
FOUND = AlignmentPattern((Meeting(0, 0, 108, 114),), (Meeting(0, 0, 114, 124),))
PLACING = Placing(("D01",), ("D02",), (DAY.weekday(),), DAY)


def test_an_alignment_is_looked_at_applied_and_taken_back(house: House) -> None:
    house.add_type(IEI)
    before = house.starts("IEI-F2F"), house.starts("FC-F2F")
    assert before[0] == set()
    seen = aligning.preview(house.desk("leader1"), FOUND, PLACING)
    assert isinstance(seen, Effect)
    assert (seen.status, seen.assigned) == ("preview", (("D01", "IEI-F2F"),))
    assert house.starts("IEI-F2F") == set()
    id = str(uuid4())
    done = aligning.apply(house.desk("leader1"), FOUND, PLACING, id=id)
    assert isinstance(done, Effect)
    assert [one.owner for one in done.patterns] == ["D01", "D02"]
    assert house.starts("IEI-F2F") == {("D01", 108)}
    (second,) = segmenting.patterns_of(house.desk("leader1"), "D02")
    assert [(one.start, one.end, one.types) for one in second.segments] == [(114, 124, frozenset({"FC-F2F"}))]
    assert ("D02", 114) in house.starts("FC-F2F")
    again = aligning.apply(house.desk("leader1"), FOUND, PLACING, id=id)
    assert isinstance(again, Effect)
    assert again.repeated
    segmenting.undo(house.desk("leader1"))
    assert (house.starts("IEI-F2F"), house.starts("FC-F2F")) == before


def test_what_does_not_fit_and_who_may_not_are_refused(house: House) -> None:
    house.add_type(IEI)
    for placing, login, said in (
        (replace(PLACING, seconds=("D77",)), "leader1", "no diary D77"),
        (replace(PLACING, commitment="WSR-PHONE"), "leader1", "takes 10 minutes"),
        (PLACING, "agent1", "team leader or a supervisor"),
    ):
        refused = aligning.apply(house.desk(login), FOUND, placing)
        assert isinstance(refused, Refused), placing
        assert said in refused.reason
    assert house.verbs() == []
