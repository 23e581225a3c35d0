"""What every test of the screens stands on."""

from tests.on_the_loop import nothing_blocks_the_keys

__all__ = ["nothing_blocks_the_keys"]
