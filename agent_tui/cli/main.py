"""Where `agent-tui` starts: options that stand anywhere, answers as one line, trouble as one sentence."""

import sys
from collections.abc import Sequence

from agent_tui import __version__

# Options that every command takes, wherever they stand, and whether they take a value.
COMMON = {
    "--store": True,
    "--as": True,
    "--site": True,
    "--now": True,
    "--heads": True,
    "--json": False,
    "--accept-old-sqlite": False,
}
# After these commands, these values of --as are an outcome and not a login.
OUTCOMES = {
    "attend": ("attended", "dna", "late"),
    "done": ("booked", "called_back", "handed_off", "declined"),
    "offer": ("taken", "declined", "no_answer"),
    "resolve": ("keep", "move", "cancel", "override", "escalate", "dismiss"),
    "close": ("booked", "called_back", "declined", "dealt_with"),
    "decide": ("approve", "decline", "withdraw"),
}


def hoist(arguments: Sequence[str]) -> list[str]:
    """Return arguments with the common options moved before the command, so that they may stand anywhere.

    After a command of OUTCOMES an --as with an outcome stays where it is, and without one the last --as after it, so that the
    command says which words it takes; nothing moves that stands after `--`.
    """
    front: list[str] = []
    rest: list[str] = []
    words = list(arguments)
    maybe: int | None = None
    while words:
        word = words.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
            break
        if name not in COMMON or (equals and not COMMON[name]):
            rest.append(word)
        elif not COMMON[name]:
            front.append(word)
        else:
            taken = value if equals else (words.pop(0) if words else None)
            is_outcome = name == "--as" and any(taken in words_of and verb in rest for verb, words_of in OUTCOMES.items())
            if name == "--as" and taken is not None and not is_outcome and _takes_outcome(rest):
                maybe = len(front)
            (rest if is_outcome else front).extend([name] if taken is None else [name, taken])
    if maybe is not None and "--as" not in rest:
        at = 1 if rest[0] == "attend" else 2
        rest[at:at] = front[maybe : maybe + 2]
        del front[maybe : maybe + 2]
    return front + rest


_WITH_OUTCOME = (("requests", "done"), ("sooner", "offer"), ("flags", "resolve"), ("handoffs", "close"), ("override", "decide"))


def _takes_outcome(rest: Sequence[str]) -> bool:
    """Return whether the words so far are a command whose --as is an outcome."""
    return tuple(rest[:1]) == ("attend",) or tuple(rest[:2]) in _WITH_OUTCOME


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 2 usage, 3 refused or nothing found, 4 store trouble."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words == ["--version"]:
        print(f"agent-tui {__version__}")
        return 0
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    from agent_tui.cli.running import run

    return run(hoist(words))


if __name__ == "__main__":
    sys.exit(main())
