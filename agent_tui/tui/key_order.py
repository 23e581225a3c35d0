"""Keys act one after the other: a key goes where the keys before it have put the focus."""

from collections import deque
from typing import Any, Final

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

# A widget that went away with the marker in its queue never passes it on.
LONGEST_WAIT_SECONDS: Final = 0.25
# What a widget posts to itself comes after the first marker in its queue, and before the second.
PASSES: Final = 2


class KeyOrderApp(App[None]):
    """Sends a key or a paste on when all that the one before it set off has been handled.

    Textual sends each key at once to the widget that has the focus then; of keys that come in one burst, those after an
    enter or a tab would still go to the field that is being left.
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._key_in_hand: object | None = None
        self._keys_waiting: deque[events.Event] = deque()

    async def on_event(self, event: events.Event) -> None:
        """Take a key or a paste in its turn, anything else at once."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._key_in_hand is None:
            await self._take(event)
        else:
            if not self._keys_waiting:
                self.set_timer(LONGEST_WAIT_SECONDS, lambda key=self._key_in_hand: self._give_up(key))
            self._keys_waiting.append(event)

    async def _take(self, event: events.Event) -> None:
        self._key_in_hand = key = object()
        target = self.focused or self.screen
        path: list[MessagePump] = [node for node in target.ancestors_with_self for _pass in range(PASSES)]
        await super().on_event(event)
        self._follow(key, path, new_screen=False)

    def _follow(self, key: object, path: list[MessagePump], new_screen: bool) -> None:
        """Go through the queues that a key's messages bubble through, then those of a dialog that it may have opened."""
        if self._key_in_hand is not key:
            return
        while path:
            if path.pop(0).call_later(self._follow, key, path, new_screen):
                return
        if not new_screen and self.is_running and self.screen_stack:
            self._follow(key, [self.screen] * PASSES, new_screen=True)
        elif not self.call_later(self._next, key):
            self._key_in_hand = None

    async def _next(self, key: object) -> None:
        if self._key_in_hand is key:
            self._key_in_hand = None
            if self._keys_waiting:
                await self._take(self._keys_waiting.popleft())

    async def _give_up(self, key: object) -> None:
        await self._next(key)
        if self._keys_waiting:
            self.set_timer(LONGEST_WAIT_SECONDS, lambda key=self._key_in_hand: self._give_up(key))
