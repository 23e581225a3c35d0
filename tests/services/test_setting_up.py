"""A first site is made whole, or nothing of it is there."""

from datetime import datetime
from pathlib import Path

import pytest

from agent_tui.domain.requests import Refused
from agent_tui.domain.set_up import read_lines, set_up_of, site_of
from agent_tui.services import setting_up
from agent_tui.services.desk import open_desk
from agent_tui.services.exporting import Exported, Folder, Wanted, export
from agent_tui.services.import_answer import Imported
from tests.domain.test_set_up import LINES

NOW = datetime(2026, 11, 24, 9, 0)


def test_a_failure_on_the_way_leaves_nothing_and_the_next_try_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "new" / "store.db"
    wanted = set_up_of(read_lines(LINES))

    def broken(*_: object) -> None:
        raise RuntimeError("on the way")

    with monkeypatch.context() as patched:
        patched.setattr("agent_tui.store.queries.guarantees.settle_usual", broken)
        with pytest.raises(RuntimeError, match="on the way"):
            setting_up.set_up(str(store), wanted, NOW)
    assert list(store.parent.iterdir()) == []
    made = setting_up.set_up(str(store), wanted, NOW)
    assert isinstance(made, setting_up.Made)
    assert (made.site, made.teams, made.diaries, made.rooms, made.store) == ("LPP", 2, 2, 2, str(store))
    assert [path.name for path in store.parent.iterdir()] == ["store.db"]
    assert isinstance(setting_up.set_up(str(store), wanted, NOW), Refused)


def test_files_with_a_wrong_row_make_no_store_and_well_ones_do(tmp_path: Path) -> None:
    store, files = tmp_path / "store.db", tmp_path / "files"
    files.mkdir()
    (files / "teams.csv").write_text("code,name\nA,Aire\n", encoding="utf-8")
    (files / "coaches.csv").write_text("code,coach,team\nD01,Amina Khan,Z\n", encoding="utf-8")
    site = site_of(read_lines(LINES))
    done = setting_up.import_site(str(store), site, "admin1", [files], NOW)
    assert isinstance(done, Imported)
    assert done.status == "refused"
    assert not store.exists()
    assert not list(tmp_path.glob(".*"))
    (files / "coaches.csv").write_text("code,coach,team\nD01,Amina Khan,A\n", encoding="utf-8")
    done = setting_up.import_site(str(store), site, "admin1", [files], NOW)
    assert isinstance(done, Imported)
    assert done.status == "loaded"
    assert store.exists()
    assert isinstance(setting_up.import_site(str(store), site, "admin1", [files], NOW), Refused)


def test_an_exported_site_says_itself_where_it_is_and_has_one_administrator_more(tmp_path: Path) -> None:
    first, second = tmp_path / "first.db", tmp_path / "second.db"
    assert isinstance(setting_up.set_up(str(first), set_up_of(read_lines(LINES), "ann"), NOW), setting_up.Made)
    desk = open_desk(str(first), "ann", NOW)
    assert isinstance(export(desk, Wanted("jsonl"), Folder(tmp_path)), Exported)
    desk.store.close()
    (tmp_path / "cut.jsonl").write_text("{}\n", encoding="utf-8")
    for name in ("cut.jsonl", "nowhere.jsonl"):
        assert isinstance(setting_up.import_site(str(second), None, "bea", [tmp_path / name], NOW), Refused)
        assert not second.exists()
    loaded = setting_up.import_site(str(second), None, "bea", [tmp_path / "LPP.jsonl"], NOW)
    assert isinstance(loaded, Imported)
    assert loaded.status == "loaded"
    desk = open_desk(str(second), "bea", NOW)
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
    desk.store.close()
    assert desk.staff.role == "admin"
    assert (catalogue.site.name, catalogue.site.place) == ("Leeds Park Place", "1 Park Place, Leeds")
    assert set(catalogue.logins) == {"ann", "bea", "super1", "coach01", "ben.ode"}
