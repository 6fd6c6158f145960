"""Each fault that a test can inject, as a client of the API sees it."""

import httpx
import pytest

from airlock_testing import Airlock, AirlockError
from tests.examples import PDF, PNG

CREATE = {"fileName": "cat.png", "size": len(PNG), "contentType": "image/png"}


@pytest.mark.parametrize(
    ("verdict", "status", "reason"),
    [
        ("clean", "ready", None),
        ("infected", "rejected", "malware_found"),
        ("inconclusive", "rejected", "scan_inconclusive"),
        ("none", "processing", None),
    ],
)
def test_the_verdict_of_the_scanner_is_chosen(
    airlock: Airlock, verdict: str, status: str, reason: str | None
) -> None:
    airlock.faults.scan(verdict, scans=1)  # type: ignore[arg-type]
    document = airlock.upload("a.pdf", PDF)
    assert (document["status"], document.get("reason")) == (status, reason)
    assert airlock.upload("b.pdf", PDF)["status"] == "ready"


def test_a_scan_without_a_verdict_is_repeated_by_the_sweep(airlock: Airlock) -> None:
    airlock.faults.scan("none", scans=1)
    document = airlock.upload("a.pdf", PDF)
    airlock.clock.move(minutes=31)
    airlock.sweep()
    assert airlock.document(document["id"])["status"] == "ready"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("infected.a.pdf", "malware_found"),
        ("unscannable.a.pdf", "scan_inconclusive"),
        ("a.infected.pdf", None),
    ],
)
def test_the_name_of_a_file_decides_its_verdict(airlock: Airlock, name: str, reason: str | None) -> None:
    assert airlock.upload(name, PDF).get("reason") == reason


def test_a_file_with_the_test_string_of_scanners_is_infected(airlock: Airlock) -> None:
    eicar = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    assert airlock.upload("a.pdf", PDF + eicar)["reason"] == "malware_found"


def test_a_file_waits_by_its_name(airlock: Airlock) -> None:
    document = airlock.upload("wait999s.cat.png", PNG)
    assert document["status"] == "pending"
    airlock.clock.move(seconds=900)
    airlock.wait_until_idle()
    assert airlock.document(document["id"])["status"] == "pending"
    airlock.clock.move(seconds=120)
    airlock.wait_until_idle()
    assert airlock.document(document["id"])["status"] == "ready"


def test_a_lost_event_is_found_by_the_sweep(airlock: Airlock) -> None:
    airlock.faults.lose_events(1)
    document = airlock.upload("cat.png", PNG)
    assert document["status"] == "pending"
    airlock.clock.move(hours=1)
    airlock.sweep()
    assert airlock.document(document["id"])["status"] == "ready"


def test_an_event_that_comes_twice_changes_nothing(airlock: Airlock) -> None:
    airlock.faults.duplicate_events(1)
    assert airlock.upload("cat.png", PNG)["status"] == "ready"
    assert [event["detail"]["sequence"] for event in airlock.events] == [1, 2, 3]


def test_an_event_comes_late(airlock: Airlock) -> None:
    airlock.faults.delay_events(90)
    document = airlock.upload("cat.png", PNG)
    assert document["status"] == "pending"
    airlock.clock.move(minutes=2)
    airlock.wait_until_idle()
    assert airlock.document(document["id"])["status"] == "ready"


def test_s3_refuses_the_next_uploads(airlock: Airlock, alice: httpx.Client, http: httpx.Client) -> None:
    upload = alice.post("/documents", json=CREATE).json()["upload"]
    airlock.faults.fail_uploads(2)
    answers = [http.put(upload["url"], content=PNG, headers=upload["headers"]) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert "SlowDown" in answers[0].text


def test_s3_fails_for_the_service_which_tries_again(airlock: Airlock) -> None:
    airlock.faults.fail_storage(1)
    document = airlock.upload("cat.png", PNG)
    assert document["status"] != "ready"
    airlock.clock.move(minutes=15)
    airlock.wait_until_idle()
    assert airlock.document(document["id"])["status"] == "ready"


def test_a_throttled_table_is_a_503_of_the_api(airlock: Airlock, alice: httpx.Client) -> None:
    airlock.faults.throttle_table()
    response = alice.post("/documents", json=CREATE)
    assert (response.status_code, "retry-after" in response.headers) == (503, True)
    airlock.faults.clear()
    assert alice.post("/documents", json=CREATE).status_code == 201


def test_a_mistake_in_a_test_is_an_error_at_its_line(airlock: Airlock) -> None:
    with pytest.raises(AirlockError, match="'sick' is none of clean, infected"):
        airlock.faults.scan("sick")  # type: ignore[arg-type]
    with pytest.raises(AirlockError, match="0 is not a number of calls"):
        airlock.faults.lose_events(0)
    with pytest.raises(AirlockError, match="no kind lists a step 'other'; there are approval, scan, image"):
        airlock.step("other").tasks()
