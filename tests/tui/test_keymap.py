"""A user's keymap is refused, in a sentence, before it can take a key that is needed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.tui.commands import BY_ID, CHAINS, REQUIRED, TYPING, bindings_for, keys_in, usable_keymap, validate_keymap


@pytest.mark.parametrize(
    "keymap",
    [
        {},
        {"hold": "f8,space"},
        {"hold": "F8, Enter"},
        {"undo": "ctrl+z"},
        {"find_client": "ctrl+f,comma"},
        {"move": "alt+m"},
        {"attended": "shift+f5"},
        {"search": "f6", "focus_offers": "f5"},
        {"help": "f1"},
        {"quit": "ctrl+x"},
        {"back": "escape,f10", "quit": "ctrl+q"},
        {"zoom_in": "£", "zoom_out": "€"},
        {"left": "A", "attended_late": "h"},
    ],
)
def test_a_keymap_that_can_be_used(keymap: dict[str, str]) -> None:
    assert validate_keymap(keymap) == []


@pytest.mark.parametrize(
    ("keymap", "sentence"),
    [
        ({"hodl": "f8"}, "Keymap: there is no command 'hodl'; did you mean hold?"),
        ({"qqqq": "f8"}, "Keymap: there is no command 'qqqq'; `python -m agent_tui.tui.commands` lists them."),
        ({"hold": "f88"}, "Keymap: hold has 'f88', which is not a key; did you mean f8?"),
        ({"hold": "spcae"}, "Keymap: hold has 'spcae', which is not a key; did you mean space?"),
        ({"hold": "ctrl+"}, "Keymap: hold has 'ctrl+', which is not a key"),
        ({"hold": "ctlr+l"}, "Keymap: hold has 'ctlr+l', which is not a key"),
        ({"hold": "ctrl+ctrl+l"}, "Keymap: hold has 'ctrl+ctrl+l', which is not a key"),
        ({"hold": "f8,"}, "Keymap: hold has an empty key; write a comma as comma"),
        ({"hold": ""}, "Keymap: hold has an empty key"),
        ({"hold": ","}, "Keymap: hold has an empty key"),
        ({"hold": "f8,shift+a"}, "Keymap: hold has 'shift+a'; write the capital letter A instead."),
        ({"hold": "ctrl+i"}, "Keymap: hold cannot have ctrl+i, which a terminal sends as tab."),
        ({"hold": "ctrl+M"}, "Keymap: hold cannot have ctrl+m, which a terminal sends as enter."),
        ({"hold": "ctrl+["}, "Keymap: hold cannot have ctrl+left_square_bracket, which a terminal sends as escape."),
        ({"hold": "ctrl+c"}, "Keymap: hold cannot have ctrl+c, which copies."),
        ({"hold": "space"}, "Keymap: hold needs an F key or a ctrl key too, for use while typing, such as space,f8."),
        ({"help": "?"}, "Keymap: help needs an F key or a ctrl key too, for use while typing, such as ?,f1."),
        ({"back": "Q"}, "Keymap: back needs an F key or a ctrl key too, for use while typing, such as Q,escape."),
        ({"quit": "ctrl+q,Q"}, "Keymap: quit may have only F keys and ctrl keys, because it works while typing."),
    ],
)
def test_a_fault_is_told(keymap: dict[str, str], sentence: str) -> None:
    (problem,) = validate_keymap(keymap)
    assert problem.startswith(sentence)


@pytest.mark.parametrize(
    ("keymap", "one", "other"),
    [
        # Textual itself calls none of these a clash, because the command that loses is not in the map.
        ({"book_here": "f1"}, "book_here", "help"),
        ({"book_here": "?"}, "book_here", "help"),
        ({"search": "ctrl+q"}, "search", "quit"),
        ({"hold": "f8,escape"}, "hold", "back"),
        ({"move": "x"}, "move", "cancel"),
        ({"undo": "ctrl+o"}, "focus_offers", "undo"),
        ({"next_offer": "j,ctrl+down"}, "down", "next_offer"),
        ({"search": "ctrl+o", "undo": "ctrl+o", "focus_offers": "f5"}, "search", "undo"),
    ],
)
def test_a_clash_is_told(keymap: dict[str, str], one: str, other: str) -> None:
    problems = validate_keymap(keymap)
    assert problems
    assert all(one in problem and other in problem for problem in problems)


def test_a_clash_in_words() -> None:
    (problem,) = validate_keymap({"move": "x"})
    wanted = "x would both move and cancel (move and cancel, Diary grid); give one of them another key."
    assert problem == f"Keymap: {wanted}"


def test_the_same_key_in_places_that_never_meet_is_no_clash() -> None:
    assert validate_keymap({"save": "ctrl+left"}) == []
    assert validate_keymap({"details": "space", "hold": "f8,space"}) == []


def test_every_fault_is_told_at_once() -> None:
    assert len(validate_keymap({"hodl": "f8", "move": "f88,f99", "cancel": ""})) == 4


def test_hostile_text_is_cleaned() -> None:
    for problem in validate_keymap({"\x1b[2J" + "x" * 500: "f8", "hold": "\x1b]0;x\x07" + "y" * 500}):
        assert problem.isprintable()
        assert len(problem) < 200


@given(st.dictionaries(st.sampled_from(sorted(BY_ID)) | st.text(), st.text()))
def test_any_keymap_is_answered_in_sentences(keymap: dict[str, str]) -> None:
    for problem in validate_keymap(keymap):
        assert problem.startswith("Keymap: ")
        assert problem.isprintable()
        assert problem[-1] in ".?"


KEYS = st.sampled_from([*"abcdefghij?/", "f1", "f8", "f10", "escape", "ctrl+q", "ctrl+g", "ctrl+l", "enter"])


@given(st.dictionaries(st.sampled_from(sorted(BY_ID)), st.lists(KEYS, min_size=1, max_size=3).map(",".join)))
def test_no_accepted_keymap_loses_what_is_required(keymap: dict[str, str]) -> None:
    if validate_keymap(keymap):
        return
    for context in CHAINS:
        for name in REQUIRED:
            assert keys_in(BY_ID[name], context, keymap)


@pytest.mark.parametrize(
    ("keymap", "kept", "told"),
    [
        ({"hodl": "f8", "undo": "ctrl+z"}, ["undo"], ["did you mean hold?"]),
        ({"move": "x", "undo": "ctrl+z"}, ["undo"], ["(move and cancel, Diary grid)"]),
        ({"search": "f21", "undo": "f21"}, ["search"], ["(search and undo, Booking screen)"]),
        # Two that change places go together: what is left of the pair would take its key from the other.
        ({"search": "f6", "focus_offers": "f5,ctrl+q"}, [], ["focus_offers and quit", "search and focus_offers"]),
        ({"help": "?", "quit": "Q"}, [], ["help needs an F key", "quit needs an F key"]),
        ({"down": "j," + "x" * 1_000_000}, [], ["which is not a key"]),
    ],
)
def test_a_bad_line_is_told_and_the_rest_works(keymap: dict[str, str], kept: list[str], told: list[str]) -> None:
    usable, problems = usable_keymap(keymap)
    assert list(usable) == kept
    assert validate_keymap(usable) == []
    assert len(problems) == len(told)
    assert all(part in problem for part, problem in zip(told, problems, strict=True)), problems


VIM = {"up": "k", "down": "j", "first": "g", "last": "G", "page_up": "ctrl+u", "page_down": "ctrl+d"}


@pytest.mark.parametrize("place", [place for place, chain in CHAINS.items() if "any list" in chain])
def test_every_list_takes_the_keys_of_vim_and_they_can_be_changed(place: str) -> None:
    for name, key in VIM.items():
        assert key in keys_in(BY_ID[name], place)
        assert keys_in(BY_ID[name], place, {name: "f19"}) == ("f19",)


@pytest.mark.parametrize("place", sorted(TYPING))
def test_no_field_loses_a_key_of_vim(place: str) -> None:
    bound = {binding.key for binding in bindings_for(place)}
    assert not bound & {"j", "k", "g", "G", "ctrl+d", "ctrl+u"}
