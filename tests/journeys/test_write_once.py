"""A URL to upload writes once, whatever becomes of its document."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from tests.journeys import files
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.files import png
from tests.journeys.storage import Storage
from tests.journeys.url_replay import UrlReplay
from tests.journeys.wait import wait_until

SECONDS = 25


@contextmanager
def replayed(replays: list[UrlReplay]) -> Iterator[None]:
    """Replays every URL side by side, for the time of the context and for `SECONDS` at least."""
    stop, end = threading.Event(), time.monotonic() + SECONDS
    with ThreadPoolExecutor(len(replays)) as threads:
        running = [threads.submit(replay.run, stop) for replay in replays]
        try:
            yield
            time.sleep(max(0.0, end - time.monotonic()))
        finally:
            stop.set()
        for each in running:
            each.result()


def purge(client: ApiClient, admin: AdminClient, storage: Storage, document_id: str) -> None:
    """Deletes a document whose restore window is a second, and waits until its promoted bytes are purged."""
    assert client.request("DELETE", f"/documents/{document_id}").status_code == 204

    def is_purged() -> bool:
        admin.sweep()
        return not any(key.startswith("documents/") for key in storage.list_keys(document_id))

    wait_until(is_purged, f"{document_id} is purged")


def test_a_url_that_is_used_for_25_seconds_writes_once(
    ada: ApiClient, admin: AdminClient, storage: Storage
) -> None:
    def create(data: bytes) -> UrlReplay:
        return UrlReplay(ada, admin, ada.create(data, "a.png", "image/png"), data)

    ready, rejected, aborted, purged = (create(data) for data in (png(), files.HTML, png(), png()))
    replays = [ready, rejected, aborted, purged]
    assert ada.request("POST", f"/documents/{aborted.id}/abort").status_code == 204
    with admin.override_settings("Documents", AIRLOCK_RESTORE_WINDOW=1), replayed(replays):
        assert ada.wait_until_processed(ready.id)["status"] == "ready"
        assert ada.wait_until_processed(rejected.id)["status"] == "rejected"
        ada.wait_until_processed(purged.id)
        purge(ada, admin, storage, purged.id)
        tries_before = [replay.tries for replay in replays]

    assert [replay.statuses[200] for replay in replays] == [1, 1, 1, 1]
    assert all(replay.statuses.keys() == {200, 412} for replay in replays)
    assert all(replay.tries > before for replay, before in zip(replays, tries_before, strict=True))
    assert ada.get_document(ready.id)["status"] == "ready"
    assert ada.get_document(aborted.id)["status"] == "aborted"
    for replay in replays:
        admin.expire_urls(replay.id)
    admin.sweep()
    assert [len(storage.list_keys(replay.id)) for replay in replays] == [1, 0, 0, 0]
