"""Stores for the tests of bad input."""

from tests.cli.stores import demo, demo_original, desk, small_original

__all__ = ["demo", "demo_original", "desk", "small_original"]
