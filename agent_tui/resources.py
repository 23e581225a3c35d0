"""Where the files of `data/` are: beside the package in a checkout, inside it in an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_FOLDERS = (_PACKAGE / "data", _PACKAGE.parent / "data")


def data_file(name: str) -> Path:
    """Return the path of a file under `data/`, such as "types.csv" or "demo/names.csv".

    A name that leads out of the folder or to nothing raises FileNotFoundError.
    """
    for folder in _FOLDERS:
        path = (folder / name).resolve()
        if path.is_file() and path.is_relative_to(folder.resolve()):
            return path
    raise FileNotFoundError(f"agent-tui has no data file {name[:60]!r}; install it anew.")


def data_files(folder: str, ending: str) -> list[Path]:
    """Return the files of a folder under `data/` whose names have an ending, such as ".md", by name; none without a folder."""
    for place in _FOLDERS:
        path = (place / folder).resolve()
        if path.is_dir() and path.is_relative_to(place.resolve()):
            return sorted(file for file in path.iterdir() if file.is_file() and file.suffix == ending)
    return []
