"""Both engines for every test that asks for `location`."""

from pathlib import Path

import pytest

POSTGRES = pytest.param("postgresql", marks=pytest.mark.postgres)


@pytest.fixture(params=["sqlite", POSTGRES])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The path of a store that does not exist yet, or the URL of an empty database."""
    if request.param == "sqlite":
        return str(tmp_path / "store" / "store.db")
    url: str = request.getfixturevalue("postgres_url")
    return url
