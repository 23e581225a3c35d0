"""How the app speaks with a page: textual-serve's packets, and an end when nobody is there to read them."""

import asyncio

from textual import messages
from textual.drivers.web_driver import WebDriver


class PageDriver(WebDriver):
    """Ends the app when its page has gone without a word, so that no desk stays open that nobody sees."""

    def run_input_thread(self) -> None:
        """Pass on what the page sends, until it sends nothing more."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            asyncio.run_coroutine_threadsafe(self._app._post_message(messages.ExitApp()), self._loop)
