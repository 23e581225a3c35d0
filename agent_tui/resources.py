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
