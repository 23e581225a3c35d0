"""Style sheets that are parsed once in a process, for hundreds of tests make an app of their own with the same ones."""

from collections.abc import Hashable, Iterable
from typing import Any

from textual.css import stylesheet
from textual.css.model import RuleSet
from textual.css.parse import parse
from textual.css.tokenizer import Token

_RULES: dict[Hashable, list[RuleSet]] = {}


def _parse_once(
    scope: str,
    css: str,
    read_from: Any,
    variables: dict[str, str] | None = None,
    variable_tokens: dict[str, list[Token]] | None = None,
    is_default_rules: bool = False,
    tie_breaker: int = 0,
) -> Iterable[RuleSet]:
    said = tuple((name, tuple(token.value for token in tokens)) for name, tokens in (variable_tokens or {}).items())
    given = tuple((variables or {}).items())
    key = (scope, css, read_from, given, said, is_default_rules, tie_breaker)
    if key not in _RULES:
        _RULES[key] = list(parse(scope, css, read_from, variables, variable_tokens, is_default_rules, tie_breaker))
    return _RULES[key]


def parse_once() -> None:
    """Let every app of this process share the rules that one of them has parsed from the same text and variables."""
    setattr(stylesheet, parse.__name__, _parse_once)
