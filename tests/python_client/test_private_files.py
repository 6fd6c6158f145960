"""Files that only their owner may read: sessions and the state of transfers."""

from pathlib import Path

import pytest

from airlock_client._private_files import write_private


def test_a_write_that_fails_leaves_no_other_file(tmp_path: Path) -> None:
    directory = tmp_path / "session.json"
    directory.mkdir()

    with pytest.raises(IsADirectoryError):
        write_private(directory, "{}")

    assert list(tmp_path.iterdir()) == [directory]


def test_a_write_that_fails_keeps_the_file(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    write_private(path, "before")

    with pytest.raises(UnicodeEncodeError):
        write_private(path, "after \udc80")

    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
