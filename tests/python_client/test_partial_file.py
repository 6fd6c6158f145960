"""The partial file of a download: what is recorded of it, and when."""

from pathlib import Path
from threading import Event, Thread

from airlock_client._partial_file import PartialFile
from airlock_client._ranges import DownloadState, load_state

STATE = DownloadState("id", None, 3, None, range_size=1)
PATIENCE = 30.0
"""Seconds after which a thread that does not come is missing."""


class SlowDisk(PartialFile):
    """A file of which nothing is on disk before `written` is set."""

    def __init__(self, target: Path, state: DownloadState) -> None:
        super().__init__(target, state)
        self.is_asked = Event()
        self.written = Event()

    def _sync(self) -> None:
        self.is_asked.set()
        assert self.written.wait(PATIENCE)
        super()._sync()


def begin_to_record(file: SlowDisk, index: int) -> Thread:
    """Returns the thread that waits for the disk."""
    thread = Thread(target=file.mark_done, args=[index])
    thread.start()
    assert file.is_asked.wait(PATIENCE)
    return thread


def test_a_range_is_recorded_once_it_is_on_disk_and_no_other_thread_waits_for_it(tmp_path: Path) -> None:
    file = SlowDisk(tmp_path / "film.mp4", STATE)
    first = begin_to_record(file, 0)

    file.mark_done(2)

    assert load_state(tmp_path / "film.mp4.part.json") is None
    file.written.set()
    first.join(PATIENCE)
    recorded = load_state(tmp_path / "film.mp4.part.json")
    assert recorded
    assert recorded.done == [0, 2]


def test_nothing_is_recorded_of_a_file_that_was_discarded_meanwhile(tmp_path: Path) -> None:
    file = SlowDisk(tmp_path / "film.mp4", STATE)
    first = begin_to_record(file, 0)

    file.discard()

    file.written.set()
    first.join(PATIENCE)
    assert list(tmp_path.iterdir()) == []


def test_the_etag_of_the_first_response_stays(tmp_path: Path) -> None:
    file = PartialFile(tmp_path / "film.mp4", STATE)

    assert [file.accept_etag(etag) for etag in ("one", "other", "one")] == [True, False, True]

    file.mark_done(1)
    recorded = load_state(tmp_path / "film.mp4.part.json")
    assert recorded
    assert (recorded.etag, recorded.done) == ("one", [1])
