"""The clock that a test moves: tokens, presigned URLs and deadlines follow it."""

from datetime import timedelta

import httpx
import pytest

from airlock_testing import Airlock, AirlockError
from tests.examples import PNG

CREATE = {"fileName": "cat.png", "size": len(PNG), "contentType": "image/png"}


def test_a_url_expires_when_the_clock_has_moved(
    airlock: Airlock, alice: httpx.Client, http: httpx.Client
) -> None:
    upload = alice.post("/documents", json=CREATE).json()["upload"]
    airlock.clock.move(minutes=16)
    refused = http.put(upload["url"], content=PNG, headers=upload["headers"])
    assert (refused.status_code, "Request has expired" in refused.text) == (403, True)


def test_a_url_of_the_moved_clock_is_valid(airlock: Airlock) -> None:
    airlock.clock.move(days=30)
    assert airlock.upload("cat.png", PNG)["status"] == "ready"


def test_a_token_expires_when_the_clock_has_moved(airlock: Airlock, alice: httpx.Client) -> None:
    airlock.clock.move(minutes=59)
    assert alice.get("/documents").status_code == 200
    airlock.clock.move(minutes=2)
    assert alice.get("/documents").status_code == 401


def test_an_upload_that_never_comes_expires(airlock: Airlock, alice: httpx.Client) -> None:
    id = alice.post("/documents", json=CREATE).json()["document"]["id"]
    airlock.clock.move(hours=2)
    airlock.sweep()
    assert airlock.document(id)["status"] == "expired"


def test_s3_dates_an_object_by_the_same_clock(airlock: Airlock) -> None:
    """By the clock of the machine the object would be a month old, and its event lost for as long."""
    airlock.clock.move(days=30)
    airlock.faults.lose_events(1)
    document = airlock.upload("cat.png", PNG)
    airlock.sweep()
    assert airlock.document(document["id"])["status"] == "pending"


def test_the_clock_shows_what_it_was_moved_by_and_never_goes_back(airlock: Airlock) -> None:
    before = airlock.clock.now()
    airlock.clock.move(days=1, hours=1, minutes=1, seconds=1)
    moved = timedelta(days=1, hours=1, minutes=1, seconds=1)
    assert moved <= airlock.clock.now() - before < moved + timedelta(minutes=1)
    with pytest.raises(AirlockError, match="forward only"):
        airlock.clock.move(hours=-1)
