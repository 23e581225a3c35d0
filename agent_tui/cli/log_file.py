"""log --export: the log as a file with its chain."""

from pathlib import Path

from agent_tui.cli.answers import REFUSED, CommandEnd, answer
from agent_tui.cli.empties import Object
from agent_tui.cli.session import Session
from agent_tui.cli.verify import TROUBLE, counted
from agent_tui.domain.requests import Refused


def empty_log_export() -> Object:
    """Return the answer of `log --export` with nothing in it."""
    return {"status": "refused", "file": None, "lines": 0, "head": None, "code": None, "reason": None}


def export_log(session: Session, file: Path, *, force: bool) -> None:
    """Write the log to a file and say with which head it ends."""
    with session.desk() as desk, counted(file.name) as tell:
        from agent_tui.services import log_export as service

        try:
            done = service.export_log(desk, file, force=force, progress=tell)
        except KeyboardInterrupt:
            sentence = "Stopped: no file was written."
            shown = empty_log_export() | {"status": "stopped", "code": "interrupted", "reason": sentence}
            answer(session.as_json, shown, [], code=TROUBLE, sentence=sentence)
            raise CommandEnd(TROUBLE) from None
    if isinstance(done, Refused):
        shown = empty_log_export() | {"code": done.code, "reason": done.reason}
        answer(session.as_json, shown, [], code=REFUSED, sentence=done.reason)
        return
    head = {"seq": done.seq, "hash": done.hash}
    shown = empty_log_export() | {"status": "exported", "file": str(done.file), "lines": done.lines, "head": head}
    lines = [f"{done.lines} lines are in {done.file}. Keep its head elsewhere:", f"Head {done.seq} {done.hash}"]
    answer(session.as_json, shown, lines)
