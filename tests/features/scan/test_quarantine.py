"""The quarantine: infected bytes are kept before their document is rejected, and faults of S3 are not the file's."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from functions.domain.codes import Code
from functions.domain.document import Status
from functions.domain.effects import LEASE
from functions.domain.errors import Unavailable
from functions.domain.events import DeleteRequested
from functions.domain.keys import QUARANTINE, quarantine_key
from functions.domain.kinds import MAX_SINGLE_PUT
from functions.features.scan.definition import MAX_BYTES
from functions.pipeline.engine import Outcome
from functions.services.purge import PurgeOutcome
from tests.examples import NOW, OWNER, PNG, an_id
from tests.features.scan.scenario import ScanScenario, scanned_kinds
from tests.interruptions import Interruption, ProcessKilled, kill_process, list_points

MALWARE: dict[str, Any] = {"result": "THREATS_FOUND", "threats": [{"name": "A.Worm"}]}
LOCKED: dict[str, Any] = {"status": "SKIPPED", "result": "UNSUPPORTED"}
KEPT = timedelta(days=30)
KEY = quarantine_key(OWNER, an_id())


def scenario_with_quarantine(**changes: Any) -> ScanScenario:
    scenario = ScanScenario(quarantine_retention=KEPT, **changes)
    scenario.upload()
    return scenario


def kept_versions(scenario: ScanScenario) -> dict[str, bytes]:
    return {version: held.body for version, held in scenario.objects.keys.get(KEY, {}).items()}


def break_s3() -> None:
    raise Unavailable(Code.STORAGE_UNAVAILABLE, "S3 is unavailable.")


def count_calls() -> int:
    counting = Interruption()
    scenario_with_quarantine().hear(by=counting, **MALWARE)
    return counting.calls


def test_infected_bytes_are_kept_and_the_record_says_where_and_until_when() -> None:
    scenario = scenario_with_quarantine()
    assert scenario.hear(**MALWARE) is Outcome.REJECTED
    document = scenario.document
    assert (document.status, document.reason) == (Status.REJECTED, Code.MALWARE_FOUND)
    assert kept_versions(scenario) == {document.quarantined_version: PNG}
    assert document.quarantined_sha256 == sha256(PNG).hexdigest()
    assert document.quarantined_until == NOW + KEPT
    assert document.stored_version is None


def test_the_copy_has_a_type_that_no_program_opens() -> None:
    scenario = scenario_with_quarantine()
    scenario.hear(**MALWARE)
    [held] = scenario.objects.keys[KEY].values()
    assert held.content_type == "application/octet-stream"


def test_without_a_quarantine_nothing_is_kept() -> None:
    scenario = ScanScenario()
    scenario.upload()
    scenario.hear(**MALWARE)
    assert kept_versions(scenario) == {}
    assert scenario.document.quarantined_version is None


@pytest.mark.parametrize(
    ("changes", "parameters"),
    [({}, {}), (LOCKED, {}), (LOCKED, {"inconclusive": "accept"})],
    ids=["clean", "inconclusive", "accepted"],
)
def test_only_malware_is_kept(changes: dict[str, Any], parameters: dict[str, str]) -> None:
    scenario = scenario_with_quarantine(kinds=scanned_kinds(**parameters))
    scenario.hear(**changes)
    assert scenario.document.status in (Status.READY, Status.REJECTED)
    assert not any(key.startswith(QUARANTINE) for key in scenario.objects.keys)


def test_the_staged_version_stays_as_that_of_any_rejected_file() -> None:
    scenario = scenario_with_quarantine()
    scenario.hear(**MALWARE)
    assert list(scenario.objects.keys[scenario.document.staging_key]) == [scenario.staged[an_id()]]


def test_a_file_above_the_single_copy_limit_is_rejected_and_not_kept() -> None:
    scenario = scenario_with_quarantine(single_copy_limit=len(PNG) - 1)
    assert scenario.hear(**MALWARE) is Outcome.REJECTED
    assert kept_versions(scenario) == {}
    assert scenario.document.quarantined_version is None


def test_every_scanner_scans_no_more_than_one_request_copies() -> None:
    assert max(MAX_BYTES.values()) <= MAX_SINGLE_PUT


def test_a_fault_of_s3_during_the_copy_is_retried_and_neither_counts_nor_makes_the_document_ready() -> None:
    scenario, copy = scenario_with_quarantine(), count_calls() - 1
    for _ in range(10):
        with pytest.raises(Unavailable):
            scenario.hear(by=Interruption(break_s3, copy), **MALWARE)
        assert (scenario.document.status, scenario.document.failures) == (Status.PROCESSING, 0)
        assert kept_versions(scenario) == {}
    assert scenario.hear(**MALWARE) is Outcome.REJECTED
    assert len(kept_versions(scenario)) == 1


def test_after_a_crash_at_any_call_the_bytes_are_kept_and_the_record_names_a_version_of_them() -> None:
    for at, after in list_points(count_calls()):
        scenario = scenario_with_quarantine()
        with pytest.raises(ProcessKilled):
            scenario.hear(by=Interruption(kill_process, at, after), **MALWARE)
        assert scenario.document.status is not Status.READY
        scenario.clock.advance(LEASE)
        scenario.hear(**MALWARE)
        assert scenario.document.status is Status.REJECTED, (at, after)
        assert kept_versions(scenario)[str(scenario.document.quarantined_version)] == PNG, (at, after)


@pytest.mark.parametrize("retention", [KEPT, timedelta(0)], ids=["recorded", "of a run that crashed"])
def test_a_purge_deletes_the_kept_bytes_also_those_that_no_record_names(retention: timedelta) -> None:
    scenario = ScanScenario(quarantine_retention=retention)
    scenario.upload()
    scenario.hear(**MALWARE)
    scenario.objects.put(KEY, b"of a run that crashed")
    scenario.objects.delete(scenario.document.staging_key, scenario.staged[an_id()])
    scenario.apply(DeleteRequested(scenario.clock()))
    assert scenario.purge_service().purge(OWNER, an_id()) is PurgeOutcome.PURGED
    assert kept_versions(scenario) == {}
    document = scenario.document
    assert (document.quarantined_version, document.quarantined_sha256, document.quarantined_until) == (
        None,
    ) * 3
