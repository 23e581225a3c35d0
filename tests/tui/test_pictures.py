"""The pictures of the README show what the screens are now."""

from pathlib import Path

from tests.conftest import ROOT
from tests.pictures import FOLDER, PICTURES, pictures


def test_the_pictures_are_what_the_command_makes(tmp_path: Path) -> None:
    made = pictures(tmp_path)
    stale = [name for name, svg in made.items() if (FOLDER / f"{name}.svg").read_text(encoding="utf-8") != svg]
    assert stale == [], "python -m tests.pictures makes them anew"


def test_every_picture_is_shown_and_asks_nothing_from_elsewhere() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(PICTURES)
    for name in PICTURES:
        assert f"(data/help/pictures/{name}.svg)" in readme
        text = (FOLDER / f"{name}.svg").read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not [word for word in ("://", "/tmp", "/home", "store.db") if word in text]
