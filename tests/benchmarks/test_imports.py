"""What `agent-tui --version` imports: a plain answer must not wait for a screen or a store."""

from tests.benchmarks.starting import HEAVY, VERSION, imported


def test_the_version_imports_neither_screen_nor_store() -> None:
    modules = imported(VERSION)
    assert "agent_tui" in modules, "importtime has told nothing"
    assert sorted(name for name in modules if name.split(".")[0] in HEAVY) == []
    assert sorted(name for name in modules if name.startswith(("agent_tui.services", "agent_tui.store", "agent_tui.tui"))) == []


def test_what_is_heavy_is_seen_when_it_is_imported() -> None:
    assert {"sqlalchemy", "textual"} <= imported("import sqlalchemy, textual")
