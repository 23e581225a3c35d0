"""The page on roles: its commands are run as they stand, on a PostgreSQL whose owner is no superuser."""

import re
import shlex
from collections.abc import Iterator

import psycopg
import pytest

from agent_tui.store.security import GROUPS
from tests.cli.runner import NOW, run
from tests.conftest import ROOT
from tests.postgres_server import Server

pytestmark = pytest.mark.postgres

PAGE = (ROOT / "data" / "help" / "security.md").read_text(encoding="utf-8")
ROLES = ("agent9", "admin9", "desk_owner")


@pytest.fixture
def server(postgres_server: Server) -> Iterator[Server]:
    """A server on which the page's roles and database are not there yet, and are not afterwards."""
    yield postgres_server
    postgres_server.drop_database("desk")
    with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as connection:
        for role in ROLES:
            connection.execute(f"REASSIGN OWNED BY {role} TO postgres")
            connection.execute(f"DROP OWNED BY {role} CASCADE")
            connection.execute(f"DROP ROLE {role}")


def test_the_commands_of_the_page(server: Server) -> None:
    said: list[str] = []
    _page, postgres = PAGE.split("## PostgreSQL")
    for kind, block in re.findall(r"```(sh|sql)\n(.*?)```", postgres, flags=re.DOTALL):
        for line in block.strip().splitlines():
            if kind == "sql":
                with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
                    connection.execute(line)
                    if "desk_owner LOGIN" in line:
                        _share_groups(connection)
            else:
                words = shlex.split(line.replace("@host/", f"@127.0.0.1:{server.port}/"))
                assert words.pop(0) == "agent-tui"
                answer = run(*words, "--now", NOW, "--json")
                assert answer.code == 0, answer
                said.append(answer.out)
    assert '"members":[{"login":"admin9","role":"admin"},{"login":"agent9","role":"agent"}],"without":[]' in said[2]
    as_agent = f"postgresql://agent9@127.0.0.1:{server.port}/desk"
    refused = run("--store", as_agent, "--as", "admin9", "staff", "list", "--json")
    assert refused.code == 3
    assert "nobody can act in another's name" in refused.object["reason"]
    with psycopg.connect(as_agent) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE staff SET role = 'admin'")


def _share_groups(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Let the new owner manage groups that another test's owner made on this server."""
    for group in GROUPS.values():
        found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (group,)).fetchone()
        if found is not None:
            connection.execute(f"GRANT {group} TO desk_owner WITH ADMIN OPTION")


def test_a_store_in_a_file_has_no_roles_to_set_up(tmp_path: object) -> None:
    from tests.small_site import make_site

    make_site(f"{tmp_path}/site.db")
    for login, code in (("admin1", "not_possible"), ("agent1", "role")):
        answer = run("--store", f"{tmp_path}/site.db", "--as", login, "store", "roles", "--json")
        assert (answer.code, answer.object["code"]) == (3, code)
        assert set(answer.object) == {"status", "members", "without", "code", "reason"}
