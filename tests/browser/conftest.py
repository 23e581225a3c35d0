"""Stores for the tests of the page."""

from tests.cli.stores import desk, small_original

__all__ = ["desk", "small_original"]
