"""The house keeps its own rules."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import agent_tui
from tests.conftest import ROOT
from tests.postgres_server import Server

PRODUCT = {"agent_tui", "data", "tests", "pyproject.toml", "README.md", ".env.example"}
FOR_TOOLS = {"constraints.txt", ".ci", ".gitignore", ".gitattributes", "LICENSE", "CHANGELOG.md"}
TEXT = {".cfg", ".css", ".csv", ".ini", ".md", ".py", ".tcss", ".toml", ".txt"}


def listed_by_git() -> list[Path]:
    """Return what git tracks, or nothing outside a repository (a source archive)."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [Path(name) for name in listed.stdout.split("\0") if name]


def files_of_the_house() -> list[Path]:
    """Return what git tracks, or else whatever of the house is there."""
    tops = (ROOT / name for name in PRODUCT | FOR_TOOLS)
    found = (file for top in tops for file in (top, *top.rglob("*")) if file.is_file())
    return listed_by_git() or [file.relative_to(ROOT) for file in found]


def test_the_top_level_is_exactly_what_the_house_lists() -> None:
    tops = {file.parts[0] for file in listed_by_git()}
    if not tops:
        pytest.skip("nothing is tracked by git here")
    assert tops == PRODUCT | FOR_TOOLS


def test_constraints_pin_every_line_and_hold_no_address() -> None:
    text = (ROOT / "constraints.txt").read_text()
    assert "://" not in text
    assert " @ " not in text
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(re.match(r"[a-z0-9.-]+==[^ ;]+( ; .+)?$", line) for line in lines)


def test_constraints_name_every_requirement() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    names = {re.split(r"[^A-Za-z0-9_.-]", requirement)[0] for requirement in wanted}
    assert names <= set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "constraints.txt").read_text(), re.M))


def test_the_version_is_written_once() -> None:
    assert "version" in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dynamic"]
    written = f'"{agent_tui.__version__}"'
    holders = [file for file in files_of_the_house() if file.suffix in TEXT and file.parts[0] != "data"]
    holders = [file for file in holders if written in (ROOT / file).read_text(encoding="utf-8")]
    assert holders == [Path("agent_tui/__init__.py")]


def test_the_readme_marks_its_test_command() -> None:
    readme = ROOT / "README.md"
    if not readme.exists():
        pytest.skip("no README yet")
    assert re.search(r"^<!-- test-command -->\n+```.*\n.+\n(.+\n)*```$", readme.read_text(encoding="utf-8"), re.M)


@pytest.mark.postgres
def test_a_postgres_test_has_a_database_to_itself(postgres_server: Server, postgres_url: str) -> None:
    import psycopg

    assert postgres_url.startswith("postgresql://")
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
        assert connection.execute("SHOW max_connections").fetchone() == ("100",)


def test_what_pages_link_to_is_there() -> None:
    """Files and headings, in the README and in the pages of help."""
    pages = [ROOT / "README.md", *(ROOT / "data" / "help").glob("*.md")]
    headings = {
        page: {
            re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-") for line in text.splitlines() if line[:1] == "#"
        }
        for page in pages
        for text in [page.read_text(encoding="utf-8")]
    }
    for page in pages:
        for name, mark in re.findall(r"\]\(([^)#:]*)#?([^)]*)\)", page.read_text(encoding="utf-8")):
            target = (page.parent / name).resolve() if name else page
            assert target.is_file(), (page.name, name)
            assert not mark or mark in headings[target], (page.name, name, mark)
