"""The one registry of commands: bindings, palette, footer, help and the README's key table all come from it.

A key that types something (a letter, a digit, enter, an arrow) is bound only on panes without a text field; an F key
or a ctrl key is bound wherever the command applies. `python -m agent_tui.tui.commands` prints the key table.
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from types import MappingProxyType
from typing import Final, Literal

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.keys import REPLACED_KEYS, Keys, key_to_character

Context = Literal[
    "app",
    "booking",
    "form",
    "offers",
    "grid",
    "client",
    "any list",
    "segments",
    "segment table",
    "segment types",
    "type words",
    "alignment",
    "alignment form",
    "diaries",
    "diary list",
    "types",
    "types list",
]
Role = Literal["agent", "leader", "supervisor", "admin"]

CHAINS: Final[Mapping[str, tuple[Context, ...]]] = MappingProxyType(
    {
        "app": ("app",),
        "booking": ("booking", "app"),
        "form": ("form", "booking", "app"),
        "client": ("client", "booking", "app"),
        "offers": ("offers", "any list", "booking", "app"),
        "grid": ("grid", "booking", "app"),
        "any list": ("any list", "app"),
        "segments": ("segments", "app"),
        "segment table": ("segment table", "any list", "segments", "app"),
        "segment types": ("segment types", "any list", "segments", "app"),
        "type words": ("type words", "segments", "app"),
        "alignment": ("alignment", "app"),
        "alignment form": ("alignment form", "alignment", "app"),
        "diaries": ("diaries", "app"),
        "diary list": ("diary list", "any list", "diaries", "app"),
        "types": ("types", "app"),
        "types list": ("types list", "any list", "types", "app"),
    }
)
"""Each place that can have the focus, with the places around it whose commands also apply, innermost first."""

TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "app": "Everywhere",
        "booking": "Booking screen",
        "form": "Request form",
        "offers": "Offers",
        "grid": "Diary grid",
        "client": "Client",
        "any list": "Any list",
        "segments": "Segments screen",
        "segment table": "Segments",
        "segment types": "Types of a segment",
        "type words": "Words of a type",
        "alignment": "Alignment screen",
        "alignment form": "Alignment form",
        "diaries": "Diaries screen",
        "diary list": "List of diaries",
        "types": "Types screen",
        "types list": "List of types",
    }
)
TYPING: Final = frozenset({"form", "client", "type words", "alignment form"})
"""Places in which text is typed, so that no letter may act."""

PANES: Final = TYPING | {"offers", "grid", "any list", "segment table", "segment types", "diary list", "types list"}
"""Places that have the focus themselves; the app and the screen stand around them."""

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


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a person can do by key.

    `label` is the footer's, at most 12 characters; `help` one sentence; `where` the places in which it applies; `role`
    the least that may use it; `footer` whether the footer names it; `action` what Textual runs.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    where: tuple[Context, ...]
    role: Role
    footer: bool
    action: str


def _agent(
    name: str,
    keys: str,
    label: str,
    sentence: str,
    *where: Context,
    footer: bool = False,
    action: str = "",
) -> Command:
    return Command(name, tuple(keys.split()), label, sentence, where, "agent", footer, action or f"screen.{name}")


def _leader(name: str, keys: str, label: str, sentence: str, *where: Context, footer: bool = False, action: str = "") -> Command:
    return Command(name, tuple(keys.split()), label, sentence, where, "leader", footer, action or f"screen.{name}")


COMMANDS: Final[tuple[Command, ...]] = (
    _agent("search", "f5 s", "search", "Search now for starts that fit the request.", "form", "booking", footer=True),
    _agent(
        "hold",
        "enter f8",
        "hold",
        "Hold the chosen offer; once held, confirm it.",
        "offers",
        "form",
        "booking",
        footer=True,
    ),
    _agent("confirm", "f9 c", "confirm", "Confirm the hold as an appointment of the client.", "booking"),
    _agent("extend", "e ctrl+l", "extend", "Give the hold its full time again.", "offers", "booking", footer=True),
    _agent("release", "r ctrl+r", "release", "Let the hold go, so that others can book the time.", "booking"),
    _agent("next_offer", "n ctrl+down", "next", "Go to the next offer, here and in the grid.", "booking"),
    _agent("previous_offer", "p ctrl+up", "previous", "Go to the offer before, here and in the grid.", "booking"),
    _agent("find_client", "/ f4 ctrl+f", "client", "Find a client: reference, name or phone.", "booking", footer=True),
    _agent("new_client", "N ctrl+n", "new client", "Make a client on the spot.", "client", "booking", footer=True),
    _agent("save", "ctrl+s", "save", "Save the client that is being made.", "client", footer=True),
    _agent("toggle_form", "f f3", "form", "Show or hide the request form.", "booking"),
    _agent("focus_grid", "f2", "diary", "Go to the diary grid.", "form", "offers", "client", "booking", footer=True),
    _agent("focus_offers", "f6 ctrl+o", "offers", "Go to the offers.", "booking"),
    _agent(
        "book_here",
        "enter b",
        "book here",
        "Hold the time under the cursor; once held, confirm it.",
        "grid",
        footer=True,
    ),
    _agent("details", "i space", "details", "Show what is under the cursor in full.", "grid"),
    _agent(
        "move",
        "m",
        "move",
        "Pick the appointment up, carry it, and put it down with the same key.",
        "grid",
        footer=True,
    ),
    _agent(
        "cancel", "x delete", "cancel", "Cancel the appointment here, with a reason, or unblock the block.", "grid", footer=True
    ),
    _agent("block_time", "B", "block", "Mark time from here on, and with the same key block what is marked.", "grid"),
    _agent("attended", "a", "attended", "Record that the client came.", "grid"),
    _agent("attended_late", "A", "late", "Record that the client came late, and by how many minutes.", "grid"),
    _agent("did_not_attend", "d", "no show", "Record that the client did not attend.", "grid"),
    _agent("copy_reference", "y", "copy ref", "Copy the reference of the appointment here.", "grid"),
    _agent("undo", "u ctrl+underscore ctrl+slash", "undo", "Undo my last act, within 60 seconds of it.", "booking"),
    _agent("zoom_in", "+ =", "zoom in", "Show fewer minutes to a line.", "grid"),
    _agent("zoom_out", "-", "zoom out", "Show more minutes to a line.", "grid"),
    _agent("previous_day", "[ ctrl+left", "day before", "Go to the day before, or to the week before.", "grid"),
    _agent("next_day", "] ctrl+right", "next day", "Go to the next day, or to the next week.", "grid"),
    _agent("today", "t", "today", "Go to today.", "grid"),
    _agent("toggle_week", "v", "week", "Switch between all coaches for a day and one coach's week.", "grid"),
    _agent("hand_off", "o f7 ctrl+t", "hand off", "Hand the request off to the site's contact.", "booking"),
    _agent("pair", "P", "pair", "Find two meetings on one day, held and confirmed together.", "grid", "offers"),
    _agent("end_call", "f12", "end call", "End the call and choose how it ended.", "booking"),
    _agent("end_booked", "1", "booked", "End the call as booked.", "grid", "offers"),
    _agent("end_called_back", "2", "call back", "End the call with a call back promised.", "grid", "offers"),
    _agent("end_handed_off", "3", "handed off", "End the call as handed off.", "grid", "offers"),
    _agent("end_drop_in", "4", "drop-in", "End the call with the drop-in times told.", "grid", "offers"),
    _agent("end_rang_off", "5", "rang off", "End the call because the caller rang off.", "grid", "offers"),
    _agent("unfinished", "q f11 ctrl+b", "unfinished", "List unfinished calls with their drafts.", "booking"),
    _leader("save_segments", "s ctrl+s", "save changes", "Show what the change does, then save it.", "segments", footer=True),
    _leader("preview_segments", "p f5", "preview", "Show what the change would do, and change nothing.", "segments", footer=True),
    _leader("undo_segments", "u f9", "undo save", "Take back the last save of segments.", "segments"),
    _leader("previous_weekday", "[ ctrl+left", "weekday back", "Go to the weekday before.", "segments"),
    _leader("next_weekday", "] ctrl+right f6", "next weekday", "Go to the next weekday.", "segments"),
    _leader("day_off", "D f12", "day off", "Make the day a day off, or take that back.", "segments"),
    _leader("choose_owner", "w f4", "whose", "Choose a diary, a team, the site or a room.", "segments"),
    _leader("choose_dates", "d f7", "dates", "Choose the first and last day, or one day as an exception.", "segments"),
    _leader("also_for", "o f8", "also for", "Choose other diaries that get the same.", "segments"),
    _leader("drop_changes", "Z f11", "drop", "Drop what was changed and not saved.", "segments"),
    _leader("find_type", "/ ctrl+f", "find type", "Type some words of a type.", "segments"),
    _leader("new_segment", "n", "new", "Make a segment.", "segment table", footer=True),
    _leader("edit_segment", "enter e", "edit", "Change the times, channel, limit or description.", "segment table", footer=True),
    _leader("remove_segment", "delete backspace", "remove", "Remove the segment.", "segment table"),
    _leader("allow_type", "+ space", "allow", "Allow the type in the segment, or no longer.", "segment types", footer=True),
    _leader("disallow_type", "-", "disallow", "Allow the type no longer.", "segment types"),
    _leader("allow_all", "a", "allow all", "Allow every type that is shown.", "segment types", "segment table", footer=True),
    _leader("allow_none", "x", "allow none", "Close the segment: allow nothing.", "segment types", "segment table"),
    _leader("open_diary", "enter", "segments", "Go to its segments, or decide on a ticket.", "diary list", footer=True),
    _leader("request_diary", "n", "new diary", "Ask for a new diary.", "diary list", footer=True),
    _leader("switch", "e", "on or off", "Switch a diary or room on or off.", "diary list", footer=True),
    _leader("overtime", "o", "overtime", "Put overtime into diaries.", "diary list", footer=True),
    _leader("retire", "R", "retire", "Retire a diary that is no longer required.", "diary list"),
    _leader("absorb", "A", "absorb", "Replace an additional diary by segments in others.", "diary list"),
    _leader("escalate", "E", "escalate", "Say that segmentation does not meet the need.", "diary list"),
    _leader("propose_segment", "p", "propose", "Show a segment that would give the type starts.", "types list", footer=True),
    _leader("key_type", "K", "key type", "Say whether it is a key appointment, from a day on.", "types list", footer=True),
    _leader("drop_in", "o", "drop-in set", "Say when no appointment is needed.", "types list", footer=True),
    _leader("align", "f5", "align", "Find the pattern in which the second coaches idle least.", "alignment", footer=True),
    _leader(
        "apply_alignment", "ctrl+s", "apply", "Show what the pattern does to segments, then save it.", "alignment", footer=True
    ),
    _leader("undo_alignment", "f9", "undo apply", "Take back the last save of segments, an alignment too.", "alignment"),
    _leader(
        "replicate",
        "r",
        "replicate",
        "Allow the same types in all open segments of the day.",
        "segment types",
        "segment table",
        footer=True,
    ),
    _agent("up", "up k", "up", "Move up.", "grid", "any list", action="cursor_up"),
    _agent("down", "down j", "down", "Move down.", "grid", "any list", action="cursor_down"),
    _agent("left", "left h", "left", "Move left, or to the offer before on a line.", "grid", "offers", action="cursor_left"),
    _agent("right", "right l", "right", "Move right, or to the next offer on a line.", "grid", "offers", action="cursor_right"),
    _agent("fine_up", "shift+up", "5 min up", "Move five minutes up, whatever the zoom.", "grid", action="fine_up"),
    _agent("fine_down", "shift+down", "5 min down", "Move five minutes down, whatever the zoom.", "grid", action="fine_down"),
    _agent("page_left", "ctrl+pageup", "page left", "Move left by a page of columns.", "grid", action="page_left"),
    _agent("page_right", "ctrl+pagedown", "page right", "Move right by a page of columns.", "grid", action="page_right"),
    _agent("first", "home g", "first", "Go to the first line.", "grid", "any list", action="first"),
    _agent("last", "end G", "last", "Go to the last line.", "grid", "any list", action="last"),
    _agent("page_up", "pageup", "page up", "Move up by a page.", "grid", "any list", action="page_up"),
    _agent("page_down", "pagedown", "page down", "Move down by a page.", "grid", "any list", action="page_down"),
    _agent("theme", "T", "theme", "Choose the colours.", "grid", "any list", action="app.change_theme"),
    _agent(
        "palette",
        ": ctrl+p ctrl+backslash",
        "commands",
        "Find any command by its words.",
        "app",
        action="app.command_palette",
    ),
    _agent("screens", "S ctrl+]", "screens", "Go to another screen.", "app", action="app.screens"),
    _agent(
        "help",
        "? f1 ctrl+g",
        "help",
        "Show the keys of the pane in hand, then all of them.",
        "app",
        footer=True,
        action="app.help",
    ),
    _agent("back", "escape", "back", "Go back one level; what was typed stays.", "app"),
    _agent("quit", "ctrl+q f10", "quit", "Leave the program; an unfinished call is kept.", "app", action="app.quit"),
)
BY_ID: Final[Mapping[str, Command]] = MappingProxyType({command.id: command for command in COMMANDS})


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
    """A key as help and README write it: "?" for question_mark, "pgup" for pageup."""
    name = canonical(key)
    return _READABLE.get(name) or _character(name) or name


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


def may_use(command: Command, role: str) -> bool:
    """Whether a role is at least the one that a command asks for; an unknown role may use nothing."""
    order = ("agent", "leader", "supervisor", "admin")
    return role in order and order.index(role) >= order.index(command.role)


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


def _faults_of_entry(name: str, keys: str) -> list[str]:
    if name not in BY_ID:
        close = get_close_matches(name, BY_ID, n=1)
        hint = f"; did you mean {close[0]}?" if close else "; `python -m agent_tui.tui.commands` lists them."
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
    close = get_close_matches(wanted, [*_NAMED, "slash", "comma", "question_mark"], n=1)
    hint = f"; did you mean {close[0]}?" if close else "; write it as f8, ctrl+l, space or a single letter."
    return f"Keymap: {name} has {_quoted(key)}, which is not a key{hint}"


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
            yield f"Keymap: {name} needs an F key or a ctrl key too, for use while typing, such as {better}."
        elif name == "quit" and not all(types_nothing(key) for key in keys):
            yield "Keymap: quit may have only F keys and ctrl keys, because it works while typing."


def _clashes(keymap: Mapping[str, str]) -> Iterable[str]:
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
                    yield (
                        f"Keymap: {readable(key)} would both {other.label} and {command.label}"
                        f" ({other.id} and {command.id}, {TITLES[context]}); give one of them another key."
                    )


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
        for command in COMMANDS:
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
