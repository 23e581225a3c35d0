"""The one registry of commands: bindings, palette, footer, help and the page of keys all come from it.

A key that types something (a letter, a digit, enter, an arrow) is bound only on panes without a text field; an F key
or a ctrl key is bound wherever the command applies. `python -m agent_tui.tui.commands` prints the key table.
"""

import sys
from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Final

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.keys import REPLACED_KEYS, Keys, key_to_character

from agent_tui.domain.cleaning import clean
from agent_tui.domain.roles import reaches, who_can
from agent_tui.settings import nearest_word
from agent_tui.tui.command import ALONE
from agent_tui.tui.command import Command as Command
from agent_tui.tui.places import CHAINS as CHAINS
from agent_tui.tui.places import PANES as PANES
from agent_tui.tui.places import TITLES as TITLES
from agent_tui.tui.places import TYPING as TYPING
from agent_tui.tui.registry import BY_ID as BY_ID
from agent_tui.tui.registry import COMMANDS as COMMANDS

REQUIRED: Final = ("quit", "help", "back")
"""Commands that no keymap may take away."""

FOOTER_LIMIT: Final = 5
NO_KEYMAP: Final[Mapping[str, str]] = MappingProxyType({})

_READABLE: Final = {
    "escape": "esc",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "ctrl+underscore": "ctrl+_",
    "ctrl+slash": "ctrl+/",
    "ctrl+circumflex_accent": "ctrl+^",
    "ctrl+backslash": "ctrl+\\",
    "ctrl+right_square_bracket": "ctrl+]",
}
_SAME_IN_A_TERMINAL: Final = {
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+j": "enter",
    "ctrl+h": "backspace",
    "ctrl+left_square_bracket": "escape",
}
_MODIFIERS: Final = frozenset({"ctrl", "shift", "alt", "super"})
_NAMED: Final = frozenset(key.value for key in Keys if not key.value.startswith("<")) - {"ctrl-at"}


@lru_cache(maxsize=1024)
def canonical(key: str) -> str:
    """The name by which Textual knows a key: "slash" for "/", "f8" for "F8"; an unknown one stays, in lower case."""
    text = key.strip()
    if len(text) <= 1:
        return _name_of(text)
    *modifiers, last = text.split("+")
    return "+".join([*(part.lower() for part in modifiers), _name_of(last.lower())])


def _name_of(key: str) -> str:
    character = key if len(key) == 1 else _character(key)
    if character is None or character == ",":
        return "comma" if key == "," else key
    return next(iter(Binding.make_bindings([Binding(character, "")]))).key


def _character(name: str) -> str | None:
    """The visible character that a key types, by the key's name; None for keys such as enter or f8."""
    if name in _NAMED:
        return None
    character = key_to_character(REPLACED_KEYS.get(name, name))
    return character if character and character.isprintable() and not character.isspace() else None


def readable(key: str) -> str:
    """A key as help and the page of keys write it: "?" for question_mark, "pgup" for pageup."""
    name = canonical(key)
    return _READABLE.get(name) or _character(name) or name


@lru_cache(maxsize=1024)
def types_nothing(key: str) -> bool:
    """Whether a key can act while a text field has the focus: an F key, a ctrl key or escape."""
    *modifiers, last = canonical(key).split("+")
    is_function = last[:1] == "f" and last[1:].isdigit()
    return is_function or "ctrl" in modifiers or last == "escape"


def keys_of(command: Command, keymap: Mapping[str, str] = NO_KEYMAP) -> tuple[str, ...]:
    """A command's keys by their canonical names, the user's if the keymap has any."""
    written = keymap.get(command.id, "")
    keys = tuple(part for part in written.split(",") if part.strip()) or command.keys
    return tuple(dict.fromkeys(canonical(key) for key in keys))


def keys_in(command: Command, context: str, keymap: Mapping[str, str] = NO_KEYMAP) -> tuple[str, ...]:
    """The keys that run a command while the focus is in a place, in the registry's order; none if it does not apply."""
    chain = CHAINS[context]
    if not set(command.where) & set(chain):
        return ()
    keys = keys_of(command, keymap)
    safe = tuple(key for key in keys if types_nothing(key))
    if context in TYPING or context not in PANES:
        return safe
    own_panes = {place for place in command.where if place in PANES and place not in TYPING}
    typed_here = bool(own_panes & set(chain)) or not own_panes
    return keys if typed_here else safe


def footer_for(context: str) -> tuple[Command, ...]:
    """The commands that the footer names for a focus: at most five, those of the focused place first, help last.

    A command is named in the places of its own `where`, and around them only where the first of these says so.
    """
    chain = CHAINS[context]
    named = [
        command
        for place in chain
        for command in COMMANDS
        if command.footer and place in command.where and (place == context or command.where[0] == place)
    ]
    unique = tuple(dict.fromkeys(command for command in named if keys_in(command, context)))
    helping = tuple(command for command in unique if command.id == "help")
    others = tuple(command for command in unique if command.id != "help")
    return others[: FOOTER_LIMIT - len(helping)] + helping


def bindings_for(context: str, keymap: Mapping[str, str] = NO_KEYMAP) -> list[Binding]:
    """Textual's bindings of one place, one for each key, with the command's id so that a keymap finds them.

    A pane also binds what its footer names and, if nothing is typed there, the letters of the screen and the app
    around it. A class writes `BINDINGS = [*bindings_for("grid")]`. KeyError for a place that is not in CHAINS.
    """
    footer = footer_for(context) if context in PANES else _in_every_footer(context)
    ordered = [*footer, *(command for command in COMMANDS if command not in footer)]
    return [
        _binding(command, key, shown=command in footer)
        for command in ordered
        for key in keys_in(command, context, keymap)
        if _binds(command, context, key, footer)
    ]


def _binds(command: Command, context: str, key: str, footer: tuple[Command, ...]) -> bool:
    lists = (context, "any list") if "any list" in CHAINS[context] else (context,)
    if set(command.where) & set(lists):
        return True
    return context in PANES and (command in footer or not types_nothing(key))


def _in_every_footer(context: str) -> tuple[Command, ...]:
    inside = [footer_for(place) for place in PANES if context in CHAINS[place]]
    return tuple(command for command in footer_for(context) if all(command in footer for footer in inside))


def _binding(command: Command, key: str, shown: bool) -> Binding:
    return Binding(
        key,
        command.action,
        command.label,
        show=shown,
        key_display=readable(key),
        # Only leaving must work in a dialog too. With priority a user's letter would be stolen from text fields.
        priority=command.id == "quit",
        tooltip=command.help,
        id=command.id,
    )


def commands_in(context: str) -> tuple[Command, ...]:
    """The commands that apply while the focus is in a place, those of that place first."""
    chain = CHAINS[context]
    found = (command for place in chain for command in COMMANDS if place in command.where and keys_in(command, context))
    return tuple(dict.fromkeys(found))


def on_a_line(context: str) -> tuple[str, ...]:
    """The ids of the commands that act on a line of a list, and so on nothing where it has none."""
    return tuple(command.id for command in COMMANDS if context in command.where and command.id not in ALONE)


def without_a_line(context: str) -> tuple[str, ...]:
    """The ids of the commands of a list and its screen that act where it has no line; undo is named by what it takes back."""
    around = [place for place in CHAINS[context] if place not in ("any list", "app")]
    acting = (command for place in around for command in COMMANDS if place in command.where and command.id != "undo")
    return tuple(command.id for command in acting if command.id in ALONE or context not in command.where)


def may_use(command: Command, role: str | None) -> bool:
    """Whether a role may use a command; an unknown role may use nothing, and None, who is not known yet, anything."""
    return role is None or (reaches(role, command.role) and (command.admin or role != "admin"))


def not_for(role: str | None, action: str) -> str | None:
    """Who can do what an action does, as a sentence, if whoever has the role may not; else None."""
    command = _BY_ACTION.get(action)
    return None if command is None or may_use(command, role) else who_can(command.role, admin=command.admin)


_BY_ACTION: Final = MappingProxyType({command.action: command for command in COMMANDS})


def role_at(app: object) -> str | None:
    """The role of the person at an app; None while it is not known."""
    role = getattr(app, "role", None)
    return role if isinstance(role, str) else None


def key_table_markdown(keymap: Mapping[str, str] = NO_KEYMAP) -> str:
    """The table of all keys as Markdown, one command a line, ended by a newline."""
    lines = ["| Keys | Does | Where | Keymap id |", "|---|---|---|---|"]
    for command in COMMANDS:
        keys = " ".join(f"`{readable(key)}`" for key in keys_of(command, keymap))
        where = ", ".join(TITLES[place] for place in command.where)
        lines.append(f"| {keys} | {command.help} | {where} | {command.id} |".replace("`\\`", "`\\\\`"))
    return "\n".join(lines) + "\n"


def validate_keymap(keymap: Mapping[str, str]) -> list[str]:
    """What is wrong with a user's keymap, one sentence for each fault; an empty list if it can be used."""
    problems = [sentence for name, keys in keymap.items() for sentence in _faults_of_entry(name, keys)]
    return problems or [*_lost(keymap), *_clashes(keymap)]


def usable_keymap(keymap: Mapping[str, str]) -> tuple[Mapping[str, str], list[str]]:
    """The lines of a user's keymap that can be used together, and one sentence for each fault of the others.

    Of two lines that clash the later one goes; a line that clashes with the usual keys of another command goes itself.
    """
    problems: list[str] = []
    good: dict[str, str] = {}
    for name, keys in keymap.items():
        faults = [*_faults_of_entry(name, keys)]
        faults = faults or [*_lost({name: keys})]
        problems += faults
        if not faults:
            good[name] = keys
    while good and (clashes := [*_clashing(good)]):
        # A line whose partner went clashes with the partner's usual keys only then, so that each is looked at anew.
        one, other, sentence = clashes[0]
        del good[max((name for name in good if name in (one.id, other.id)), key=list(good).index)]
        problems.append(sentence)
    return MappingProxyType(good), [*dict.fromkeys(problems)]


def _faults_of_entry(name: str, keys: str) -> list[str]:
    if name not in BY_ID:
        hint = nearest_word(name, tuple(BY_ID)) or "; `python -m agent_tui.tui.commands` lists them."
        return [f"Keymap: there is no command {_quoted(name)}{hint}"]
    parts = [part.strip() for part in keys.split(",")]
    if not all(parts):
        return [f"Keymap: {name} has an empty key; write a comma as comma, and leave the line out for the usual keys."]
    return [fault for part in parts if (fault := _fault_of_key(name, part))]


def _fault_of_key(name: str, key: str) -> str:
    wanted = canonical(key)
    *modifiers, last = wanted.split("+")
    if wanted in _SAME_IN_A_TERMINAL:
        return f"Keymap: {name} cannot have {wanted}, which a terminal sends as {_SAME_IN_A_TERMINAL[wanted]}."
    if wanted == "ctrl+c":
        return f"Keymap: {name} cannot have ctrl+c, which copies."
    if modifiers == ["shift"] and len(last) == 1:
        return f"Keymap: {name} has {_quoted(key)}; write the capital letter {last.upper()} instead."
    known = wanted in _NAMED or last in _NAMED or len(last) == 1 or _character(last) is not None
    if known and set(modifiers) <= _MODIFIERS and len(set(modifiers)) == len(modifiers):
        return ""
    hint = (
        nearest_word(wanted, (*_NAMED, "slash", "comma", "question_mark"))
        or "; write it as f8, ctrl+l, space or a single letter."
    )
    return f"Keymap: {name} has {_quoted(key)}, which is not a key{hint}"


def is_key(word: str) -> bool:
    """Whether a word of a sentence is a key: a named one, one with ctrl, a single letter or sign."""
    return bool(word) and canonical(word) not in ("at", "end", "home", "insert", "delete") and not _fault_of_key("", word)


def _quoted(text: str) -> str:
    shown = "".join(character if character.isprintable() else "?" for character in text)
    return f"'{shown[:40]}…'" if len(shown) > 40 else f"'{shown}'"


def _lost(keymap: Mapping[str, str]) -> Iterable[str]:
    """Commands that the keymap leaves without a key where one is promised."""
    for name in keymap:
        command = BY_ID[name]
        needed = {place for place in command.where if place not in PANES or place in TYPING}
        keys = keys_of(command, keymap)
        if needed and not any(types_nothing(key) for key in keys):
            usual = next(key for key in command.keys if types_nothing(key))
            better = f"{keymap[name]},{usual}"
            yield f"Keymap: {name} needs an F key or a ctrl key too, for use while typing, such as {clean(better)}."
        elif name == "quit" and not all(types_nothing(key) for key in keys):
            yield "Keymap: quit may have only F keys and ctrl keys, because it works while typing."


def _clashes(keymap: Mapping[str, str]) -> Iterable[str]:
    return (sentence for _one, _other, sentence in _clashing(keymap))


def _clashing(keymap: Mapping[str, str]) -> Iterable[tuple[Command, Command, str]]:
    """Keys that would run two commands for one focus; Textual itself misses those whose loser is not in the map."""
    seen: set[tuple[str, str, str]] = set()
    for context in CHAINS:
        owners: dict[str, Command] = {}
        for command in commands_in(context):
            for key in keys_in(command, context, keymap):
                other = owners.setdefault(key, command)
                clash = (key, other.id, command.id)
                if other is not command and clash not in seen:
                    seen.add(clash)
                    sentence = (
                        f"Keymap: {readable(key)} would both {other.label} and {command.label}"
                        f" ({other.id} and {command.id}, {TITLES[context]}); give one of them another key."
                    )
                    yield other, command, sentence


class PaletteCommands(Provider):
    """The palette's entries: every command of the screen that has a place of its own, as a sentence with its keys."""

    async def discover(self) -> Hits:
        """List the commands before anything is typed."""
        for command, keys in self._offered():
            yield DiscoveryHit(command.help, partial(self._run, command), help=keys)

    async def search(self, query: str) -> Hits:
        """List the commands whose sentence or label fits what is typed, best first."""
        matcher = self.matcher(query)
        for command, keys in self._offered():
            score = max(matcher.match(command.help), matcher.match(command.label))
            if score > 0:
                shown = matcher.highlight(command.help)
                yield Hit(score, shown, partial(self._run, command), text=command.help, help=keys)

    def _offered(self) -> Iterable[tuple[Command, str]]:
        active = self.screen.active_bindings
        role = role_at(self.app)
        for command in COMMANDS:
            if not may_use(command, role):
                continue
            target, _, name = command.action.partition(".")
            owner: object = self.app if target == "app" else self.screen
            if name and command.id != "palette" and hasattr(owner, f"action_{name}"):
                # What is bound now holds the user's own keys; the rest act from another pane.
                bound = [key for key, binding in active.items() if binding.binding.id == command.id]
                yield command, "Keys: " + ", ".join(readable(key) for key in bound or keys_of(command))

    async def _run(self, command: Command) -> None:
        await self.app.run_action(command.action, self.screen)


if __name__ == "__main__":
    sys.stdout.write(key_table_markdown())
