"""Stores for the tests of the commands."""

from tests.cli.stores import demo, demo_original, desk, small_original

__all__ = ["demo", "demo_original", "desk", "small_original"]
