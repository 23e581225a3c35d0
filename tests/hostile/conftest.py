"""Stores for the tests of bad input."""

from tests.cli.stores import demo, demo_original, desk, small_original
from tests.on_the_loop import nothing_blocks_the_keys

__all__ = ["demo", "demo_original", "desk", "nothing_blocks_the_keys", "small_original"]
