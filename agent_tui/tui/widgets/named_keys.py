"""Which keys act with the focus that there is, and which of them a footer names."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Protocol, runtime_checkable

from textual.dom import DOMNode
from textual.screen import Screen

from agent_tui.tui.commands import BY_ID, FOOTER_LIMIT, may_use, readable, role_at


class Key(NamedTuple):
    """A command that can be run with the focus that there is, by which key, and whether it can act now."""

    id: str
    key: str
    label: str
    action: str
    owner: DOMNode
    enabled: bool
    named: bool


class KeyHints(NamedTuple):
    """Ids of commands that a footer names first, that it leaves out, and whose key does its second work now."""

    first: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    second: tuple[str, ...] = ()


NO_HINTS: Final = KeyHints()


@runtime_checkable
class NamesKeys(Protocol):
    """A screen that knows better than the registry which keys help just now."""

    def key_hints(self) -> KeyHints:
        """Return which keys the footer names first, which it leaves out, and which have their second name."""
        ...


def keys_in_hand(screen: Screen[Any]) -> dict[str, Key]:
    """Return the registry's commands that a key runs with the present focus, by id; the user's keymap counts."""
    found: dict[str, Key] = {}
    for key, (owner, binding, enabled, _tooltip) in screen.active_bindings.items():
        command = BY_ID.get(binding.id or "")
        if command is None or not may_use(command, role_at(screen.app)):
            continue
        entry = Key(command.id, readable(key), command.label, binding.action, owner, enabled, binding.show)
        earlier = found.setdefault(command.id, entry)
        if earlier.named < entry.named:
            # A command that a footer names may be bound around the pane as well, without being named there.
            found[command.id] = earlier._replace(named=True)
    return found


def named_keys(keys: Mapping[str, Key], hints: KeyHints = NO_HINTS) -> list[Key]:
    """Return the keys that the footer names: at most five, the first of the hints before the others, help last."""
    named = [keys[id] for id in hints.first if id in keys]
    named += [key for key in keys.values() if key.named and key.id not in (*hints.first, *hints.left_out)]
    named = [key._replace(label=BY_ID[key.id].second or key.label) if key.id in hints.second else key for key in named]
    others = [key for key in named if key.id != "help"]
    helping = [key for key in named if key.id == "help"]
    return others[: FOOTER_LIMIT - len(helping)] + helping
