"""Books an appointment in a real browser and keeps what it looked like: `python -m tests.browser [--pictures FOLDER]`."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.browser.book_in_browser import book
from tests.browser.chromium import PROGRAM
from tests.small_site import make_site

PICTURES = Path(__file__).parents[2] / "data" / "help" / "pictures"


def main() -> int:
    """Make a small site, book in it, and write a picture from before and one from after."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser", description=__doc__)
    parser.add_argument("--pictures", type=Path, default=PICTURES, help="the folder for the pictures")
    folder = parser.parse_args().pictures
    if PROGRAM is None:
        print("Chromium is not here: install your system's package.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as place:
        store = str(Path(place) / "store.db")
        make_site(store)
        booked = asyncio.run(book(store, place))
    print(booked.said)
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in booked.pictures.items():
        file = folder / f"browser-{name}.png"
        file.write_bytes(picture)
        print(f"{file}: {len(picture)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
