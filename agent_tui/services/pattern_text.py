"""Patterns written as a TOML text; domain.pattern_files reads it."""

from collections.abc import Iterable

import tomli_w

from agent_tui.domain.pattern_files import mark_of, plain
from agent_tui.domain.patterns import LEVELS, Pattern

_ORDER = (*LEVELS[::-1], "resource")


def write_patterns(patterns: Iterable[Pattern]) -> str:
    """Return patterns as a TOML text, each with the mark by which a change made meanwhile is noticed."""
    ordered = sorted(patterns, key=lambda one: (_ORDER.index(one.level), one.owner, str(one.day), one.weekday or 0))
    return tomli_w.dumps({"pattern": [plain(one) | {"was": mark_of(one)} for one in ordered]})
