"""A refusal for the role names who could: every sentence in the services that refuses one is read from their source."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from agent_tui import services
from agent_tui.domain.changing import not_own_diary
from agent_tui.domain.contacts import may_not_keep
from agent_tui.domain.roles import ROLES, not_to_give, who_can
from agent_tui.domain.site import Staff
from agent_tui.tui.commands import COMMANDS, not_for

SOURCES = sorted(Path(services.__path__[0]).glob("*.py"))
WHO = re.compile(
    r"\b(an agent|agents|a team leader|team leaders?|a supervisor|supervisors|[Aa]n administrator|anybody else|may be booked by"
    r"|say --as|start it again|who can take it)\b"
)
ELSEWHERE = {
    "named",
    "named_roles",
    "who_can",
    "_others",
    "not_theirs",
    "may_not",
    "refuse_resolving",
    "not_to_give",
    "switched_off",
    "_refuse_role",
    "not_own_diary",
    "may_not_keep",
}
"""Functions that return such a sentence, each read where it is written or tried below."""


def words(node: ast.AST | None, body: ast.AST, names: dict[str, str]) -> str:
    """Return the constant text of an expression; a name is looked up in the function and the module around it."""
    if node is None:
        return ""
    if isinstance(node, ast.Name):
        given = [one.value for one in ast.walk(body) if isinstance(one, ast.Assign) and _is(one.targets[0], node.id)]
        return " ".join(words(one, ast.Module([], []), names) for one in given) or names.get(node.id, "")
    found = []
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            found.append(one.value)
        elif isinstance(one, ast.Call) and isinstance(one.func, ast.Name | ast.Attribute):
            name = one.func.id if isinstance(one.func, ast.Name) else one.func.attr
            found.append(f"<{name}>")
    return " ".join(found)


def _is(target: ast.expr, name: str) -> bool:
    return isinstance(target, ast.Name) and target.id == name


def refusals(source: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the words of each refusal of a role in a module."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    known = vars(import_module(f"{services.__name__}.{source.stem}"))
    constants = {name: said for name, said in known.items() if isinstance(said, str)} | {
        one.targets[0].id: words(one.value, ast.Module([], []), {})
        for one in tree.body
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
    }
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        helps = isinstance(call.func, ast.Name) and call.func.id == "_role" and call.args
        if helps and isinstance(call.args[0], ast.Constant):
            yield call.lineno, words(call.args[0], tree, constants)
        at = next((n for n, one in enumerate(call.args) if isinstance(one, ast.Constant) and one.value == "role"), None)
        if at is None or at + 1 >= len(call.args):
            continue
        inner = [one for one in functions if one.lineno <= call.lineno <= (one.end_lineno or 0)]
        body: ast.AST = max(inner, key=lambda one: one.lineno) if inner else tree
        given = call.args[at + 1]
        taken = {one.arg for one in body.args.args} if isinstance(body, ast.FunctionDef) else set()
        if isinstance(given, ast.Name) and given.id in taken:  # what the helper is called with is read above
            continue
        yield call.lineno, words(given, body, constants)


FOUND = [(f"{source.name}:{line}", said) for source in SOURCES for line, said in refusals(source)]


def test_the_refusals_are_found() -> None:
    assert len(FOUND) > 40


@pytest.mark.parametrize(("where", "said"), FOUND, ids=[where for where, _said in FOUND])
def test_a_refusal_of_a_role_names_who_could(where: str, said: str) -> None:
    calls = set(re.findall(r"<(\w+)>", said))
    assert WHO.search(said) or calls & ELSEWHERE, f"{where}: {said}"


def test_a_refusal_that_the_screens_say_too_names_who_could() -> None:
    coach = Staff("coach1", "Ann Khan", "coach", diary="D01")
    assert not_own_diary(coach, "D01") is None
    for said in (not_own_diary(coach, "D02"), may_not_keep("agent")):
        assert said is not None
        assert WHO.search(said)


def test_a_key_of_a_higher_role_names_who_could() -> None:
    for command in COMMANDS:
        sentence = not_for("agent", command.action)
        assert (sentence is None) == (command.role == "agent")
        assert sentence is None or re.search(r"(team leader|supervisor|administrator).* can do this\.$", sentence)
    assert who_can("leader") == "A team leader, supervisor or administrator can do this."
    assert who_can("leader", admin=False) == "A team leader or supervisor can do this."
    assert who_can("admin") == "An administrator can do this."


def test_a_role_that_is_not_to_give_names_what_is() -> None:
    for giver in ROLES:
        for wanted in ROLES:
            said = not_to_give(giver, wanted, None)
            assert (said is None) == (giver == "admin" or (giver == "supervisor" and wanted in ("agent", "coach", "leader")))
