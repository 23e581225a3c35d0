"""Patterns written as a TOML text; domain.pattern_files reads it."""

from collections.abc import Iterable
from typing import Any

import tomli_w

from agent_tui.domain.pattern_files import mark_of, plain
from agent_tui.domain.patterns import LEVELS, Pattern
from agent_tui.domain.sandbox import Draft

_ORDER = (*LEVELS[::-1], "resource")


def write_patterns(patterns: Iterable[Pattern]) -> str:
    """Return patterns as a TOML text, each with the mark by which a change made meanwhile is noticed."""
    ordered = sorted(patterns, key=lambda one: (_ORDER.index(one.level), one.owner, str(one.day), one.weekday or 0))
    return tomli_w.dumps({"pattern": [plain(one) | {"was": mark_of(one)} for one in ordered]})


def write_draft(draft: Draft) -> str:
    """Return a draft as a TOML text: its patterns with the marks that they came with, and the types that diaries get."""
    pairs = zip(draft.patterns, draft.marks, strict=True)
    body: dict[str, Any] = {"pattern": [plain(one) | ({} if mark is None else {"was": mark}) for one, mark in pairs]}
    if draft.assign:
        body["assign"] = [{"diary": diary, "type": code} for diary, code in draft.assign]
    return tomli_w.dumps(body)
