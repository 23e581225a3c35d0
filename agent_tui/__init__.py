"""A terminal booking app for diaries, rooms and equipment."""

__version__ = "0.1.0"
