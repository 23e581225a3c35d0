"""How the screens say that an act cannot be taken back where that was asked: by the key that does it elsewhere."""

from agent_tui.domain.requests import Refused, RefusedUndo
from agent_tui.tui.commands import BY_ID, readable


def refused_words(refused: Refused) -> str:
    """Return the sentence of a refusal; where the store names a command that takes the act back, the key of the app."""
    if not isinstance(refused, RefusedUndo):
        return refused.reason
    from agent_tui.tui.screens.going import keys_to

    undo, sooner = (readable(BY_ID[id].keys[0]) for id in ("undo", "wait_sooner"))
    if refused.on == "flag":
        return f"Your last act was on a flag: {undo} on the Flags screen ({keys_to('flags')}) takes it back."
    return f"Your last act was on the waiting list: {sooner} on the appointment takes it back."
