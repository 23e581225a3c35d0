"""What the apps of one process share of their styles, for hundreds of tests make an app of their own with the same sheets."""

from collections.abc import Hashable, Iterable
from typing import Any

import textual.app
from textual.css import stylesheet
from textual.css.model import RuleSet
from textual.css.parse import parse
from textual.css.stylesheet import Stylesheet
from textual.css.tokenizer import Token

import agent_tui.tui.app
from agent_tui.tui.styling import Known, RememberingStylesheet

_RULES: dict[Hashable, list[RuleSet]] = {}
_KNOWN: dict[tuple[int, ...], Known] = {}


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


class SharingStylesheet(RememberingStylesheet):
    """Remembers what another one has found that has the same rules."""

    def known_of(self, rules: list[RuleSet]) -> Known:
        """Return what is known to follow from a list of rules."""
        which = tuple(map(id, rules))
        if which not in _KNOWN:
            _KNOWN[which] = Known(rules)
        return _KNOWN[which]


def share_styles() -> None:
    """Let every app of this process share the rules that one of them has parsed from the same text and variables."""
    setattr(stylesheet, parse.__name__, _parse_once)
    setattr(textual.app, Stylesheet.__name__, SharingStylesheet)
    setattr(agent_tui.tui.app, RememberingStylesheet.__name__, SharingStylesheet)
