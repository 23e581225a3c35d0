"""A write-ahead log cut and bits turned over: what is left is a whole prefix, or the doctor finds it."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.torture.damage import damage_main, damage_wal, make_original

pytestmark = pytest.mark.slow

SEED = 1


def test_whatever_becomes_of_the_files_it_is_whole_or_found(tmp_path: Path) -> None:
    original = make_original(tmp_path, steps=50, seed=SEED)
    assert len(original.ends) > 20
    log = damage_wal(original, tmp_path, cuts=20, flips=20, seed=SEED)
    file = damage_main(original, tmp_path, flips=12, seed=SEED)
    print(f"seed {SEED}: {dict(log.done)}; {dict(file.done)}")
    assert log.problems + file.problems == []
    assert log.done["prefix"] > 20
    assert file.done["found"] > 0


def test_what_was_told_and_is_gone_is_named(tmp_path: Path) -> None:
    original = make_original(tmp_path, steps=20, seed=SEED)
    # As if the log could end nowhere but where it begins.
    torn = replace(original, ends=frozenset({0}))
    assert damage_wal(torn, tmp_path, cuts=6, flips=0, seed=SEED).problems
