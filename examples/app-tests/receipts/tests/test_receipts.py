"""The app with Airlock: twenty tests, and each fault that the fixture can inject."""

import httpx
import pytest

from airlock_testing import Airlock
from receipts.airlock import Receipts, UploadError
from receipts.ledger import Ledger

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


def test_a_receipt_is_stored(airlock: Airlock, receipts: Receipts) -> None:
    id = receipts.submit("lunch.pdf", PDF)
    airlock.wait_until_idle()
    assert receipts.get(id).message == "Done."
    assert receipts.read(id) == PDF


def test_another_user_cannot_see_it(airlock: Airlock, receipts: Receipts, http: httpx.Client) -> None:
    id = receipts.submit("lunch.pdf", PDF)
    with pytest.raises(UploadError, match="no document"):
        Receipts(airlock.url, airlock.token("bob"), http).get(id)


def test_a_test_finds_the_deployment_of_the_app_and_nothing_in_it(
    airlock: Airlock, http: httpx.Client
) -> None:
    headers = {"authorization": f"Bearer {airlock.token()}"}
    deployed = http.get(f"{airlock.url}/kinds", headers=headers).json()
    assert [kind["name"] for kind in deployed["kinds"]] == ["receipt", "invoice"]
    assert deployed["limits"]["openUploads"] == 3
    assert airlock.events == []


def test_a_file_that_is_no_receipt_is_refused(airlock: Airlock, receipts: Receipts) -> None:
    id = receipts.submit("lunch.pdf", b"MZ, a program")
    airlock.wait_until_idle()
    assert receipts.get(id).status == "rejected"


def test_malware_is_refused(airlock: Airlock, receipts: Receipts) -> None:
    airlock.faults.scan("infected")
    id = receipts.submit("lunch.pdf", PDF)
    airlock.wait_until_idle()
    assert receipts.get(id).message == "The file contains malware."


def test_malware_is_refused_by_the_name_of_the_file(airlock: Airlock, receipts: Receipts) -> None:
    id = receipts.submit("infected.lunch.pdf", PDF)
    airlock.wait_until_idle()
    assert receipts.get(id).message == "The file contains malware."


def test_a_file_that_cannot_be_scanned_is_refused(airlock: Airlock, receipts: Receipts) -> None:
    airlock.faults.scan("inconclusive")
    id = receipts.submit("lunch.pdf", PDF)
    airlock.wait_until_idle()
    assert receipts.get(id).message == "The file cannot be checked. Is it encrypted?"


def test_a_file_that_cannot_be_scanned_by_its_name(airlock: Airlock, receipts: Receipts) -> None:
    id = receipts.submit("unscannable.lunch.pdf", PDF)
    airlock.wait_until_idle()
    assert receipts.get(id).message == "The file cannot be checked. Is it encrypted?"


def test_a_receipt_waits_for_a_scanner_that_is_silent(airlock: Airlock, receipts: Receipts) -> None:
    airlock.faults.scan("none", scans=1)
    id = receipts.submit("lunch.pdf", PDF)
    airlock.wait_until_idle()
    assert receipts.get(id).message == "Checking the file."
    airlock.clock.move(minutes=45)
    airlock.sweep()
    assert receipts.get(id).message == "Done."


def test_a_slow_file_by_its_name(airlock: Airlock, receipts: Receipts) -> None:
    id = receipts.submit("wait10s.lunch.pdf", PDF)
    airlock.wait_until_idle()
    assert receipts.get(id).message == "Waiting for the file."
    airlock.clock.move(seconds=10)
    airlock.wait_until_idle()
    assert receipts.get(id).message == "Done."


def test_a_lost_event_is_found(airlock: Airlock, receipts: Receipts) -> None:
    airlock.faults.lose_events()
    id = receipts.submit("lunch.pdf", PDF)
    airlock.clock.move(minutes=45)
    airlock.sweep()
    assert receipts.get(id).message == "Done."


def test_a_late_event_arrives(airlock: Airlock, receipts: Receipts) -> None:
    airlock.faults.delay_events(seconds=60)
    id = receipts.submit("lunch.pdf", PDF)
    airlock.clock.move(minutes=1)
    airlock.wait_until_idle()
    assert receipts.get(id).message == "Done."


def test_an_event_that_comes_twice_is_one_receipt(airlock: Airlock, receipts: Receipts) -> None:
    airlock.faults.duplicate_events()
    receipts.submit("lunch.pdf", PDF)
    airlock.wait_until_idle()
    assert [event["detail-type"] for event in airlock.events].count("document.ready") == 1


def test_the_app_comes_again_when_s3_is_busy(airlock: Airlock, receipts: Receipts) -> None:
    airlock.faults.fail_uploads(2)
    id = receipts.submit("lunch.pdf", PDF)
    airlock.wait_until_idle()
    assert receipts.get(id).message == "Done."


def test_the_app_gives_up_when_s3_stays_busy(airlock: Airlock, receipts: Receipts) -> None:
    airlock.faults.fail_uploads(calls=None)
    with pytest.raises(UploadError, match="try again later"):
        receipts.submit("lunch.pdf", PDF)


def test_a_receipt_survives_an_outage_of_s3(airlock: Airlock, receipts: Receipts) -> None:
    airlock.faults.fail_storage(1)
    id = receipts.submit("rent.pdf", PDF, kind="invoice")
    airlock.wait_until_idle()
    assert receipts.get(id).message == "Waiting for the file."
    airlock.clock.move(minutes=1)
    airlock.wait_until_idle()
    assert receipts.get(id).message == "Checking the file."


def test_a_throttled_table_is_a_sentence_for_the_user(airlock: Airlock, receipts: Receipts) -> None:
    airlock.faults.throttle_table()
    with pytest.raises(UploadError):
        receipts.submit("lunch.pdf", PDF)
    airlock.faults.clear()
    assert receipts.submit("lunch.pdf", PDF)


def test_a_session_that_has_expired_signs_in_again(airlock: Airlock, receipts: Receipts) -> None:
    airlock.clock.move(hours=2)
    with pytest.raises(UploadError, match="sign in again"):
        receipts.submit("lunch.pdf", PDF)


def test_accounting_decides_about_an_invoice(airlock: Airlock, receipts: Receipts) -> None:
    id = receipts.submit("rent.pdf", PDF, kind="invoice")
    airlock.wait_until_idle()
    [task] = airlock.step("accounting").tasks()
    airlock.step("accounting").send_result(task, "passed", facts={"approvedBy": "carol"})
    airlock.wait_until_idle()
    assert receipts.get(id).message == "Done."


def test_the_ledger_follows_events_in_any_order(airlock: Airlock, receipts: Receipts) -> None:
    id = receipts.submit("lunch.pdf", PDF)
    airlock.wait_until_idle()
    receipts.delete(id)
    ledger = Ledger()
    for event in [*reversed(airlock.events), *airlock.events]:
        ledger.apply(event)
    assert ledger.statuses == {id: "deleted"}
