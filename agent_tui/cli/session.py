"""One command's settings and desk."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime
from os import environ
from typing import TYPE_CHECKING

from agent_tui.cli.answers import Malformed
from agent_tui.cli.progress import busy
from agent_tui.cli.reading import FIRST_YEAR, LAST_YEAR
from agent_tui.settings import Settings, default_store, load, system_login

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.store_copies import Who


@dataclass
class Session:
    """The common options of a command as they were typed; settings are read when they are first needed."""

    overrides: dict[str, object] = field(default_factory=dict)
    as_json: bool = False
    accept_old_sqlite: bool = False
    _settings: Settings | None = None

    @property
    def settings(self) -> Settings:
        """Return the settings: command line, then environment, then file, then default; the store is waited for as they say."""
        if self._settings is None:
            from agent_tui.services.limits import wait_for_the_store

            read = load(self.overrides, environ)
            wait_for_the_store(read.connect_timeout, read.statement_timeout, read.lock_timeout, read.keepalive)
            self._settings = read
        return self._settings

    @property
    def now(self) -> datetime:
        """Return site time: what was given, else the computer's clock."""
        moment = self.settings.now or datetime.now()
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise Malformed(f"Site time must lie between the years {FIRST_YEAR} and {LAST_YEAR}.")
        return moment

    @property
    def store_was_named(self) -> bool:
        """Return whether a store was named at all, rather than left to the default place."""
        typed = self.overrides.get("store") or environ.get("AGENT_TUI_STORE")
        return bool(typed) or self.settings.store != default_store()

    def at_store(self, location: str, login: str) -> "Session":
        """Return the same command at another store, as a login unless somebody was named."""
        named = self.settings.login != system_login()
        overrides = self.overrides | {"store": location, "login": self.settings.login if named else login}
        return Session(overrides, self.as_json, self.accept_old_sqlite)

    def who(self) -> "Who":
        """Return who acts on a store as a whole, which is not opened for it."""
        from agent_tui.services.store_copies import Who

        return Who(self.settings.login, self.now, self.settings.heads, self.accept_old_sqlite)

    @contextmanager
    def desk(self) -> Iterator["Desk"]:
        """Yield the desk of the person who runs the command and close its store; what takes long says so on a terminal."""
        with busy(), self._desk() as desk:
            yield desk

    @contextmanager
    def _desk(self) -> Iterator["Desk"]:
        from agent_tui.services.desk import open_desk
        from agent_tui.services.heads import record_daily, record_grown
        from agent_tui.services.looks import write_looks
        from agent_tui.services.trouble import StoreTrouble

        settings = self.settings
        desk = open_desk(
            settings.store,
            settings.login,
            self.now,
            site=settings.site,
            hold_seconds=settings.hold_seconds,
            explicit_login=settings.login != system_login(),
            accept_old_sqlite=self.accept_old_sqlite,
        )
        troubled = False
        try:
            record_daily(desk, settings.heads)
            yield desk
        except StoreTrouble:
            troubled = True
            raise
        finally:
            try:
                # What ended the command is what is said, not that the looks before it could not be written either.
                with suppress(StoreTrouble) if troubled else nullcontext():
                    write_looks(desk)
                if not troubled:
                    record_grown(desk, settings.heads)
            finally:
                desk.store.close()
