"""The end of an upload: S3's event and GuardDuty's verdict, with the faults of a test and of the file's name."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus

from airlock_testing.file_names import INFECTED, THREAT, UNSCANNABLE, parse_file_name
from airlock_testing.service.account import Account
from airlock_testing.service.clock import MovableClock
from airlock_testing.service.environment import BUCKET, REGION, UPLOAD_EVENTS, VERDICTS
from airlock_testing.service.faults import Fault, Faults, ScanVerdict
from airlock_testing.service.queues import Queues
from functions.domain.keys import SCAN_AREA, STAGING
from functions.domain.times import format_rfc3339

_EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The test string that every scanner reports. It is split, because a scanner on this machine would report this file."""
_OF_NAMES = {INFECTED: ScanVerdict.INFECTED, UNSCANNABLE: ScanVerdict.INCONCLUSIVE}
_RESULTS: dict[ScanVerdict, tuple[str, str]] = {
    ScanVerdict.CLEAN: ("COMPLETED", "NO_THREATS_FOUND"),
    ScanVerdict.INFECTED: ("COMPLETED", "THREATS_FOUND"),
    ScanVerdict.INCONCLUSIVE: ("SKIPPED", "UNSUPPORTED"),
}


@dataclass(frozen=True)
class UploadEvents:
    """S3's notifications and GuardDuty, for the staged objects of the bucket."""

    account: Account
    queues: Queues
    faults: Faults
    clock: MovableClock

    def report_put(self, key: str) -> None:
        self._report(key, "ObjectCreated:Put")

    def report_completed(self, key: str) -> None:
        self._report(key, "ObjectCreated:CompleteMultipartUpload")

    def _report(self, key: str, event: str) -> None:
        """The rule of the bucket names `staging/`. GuardDuty does its work whatever becomes of the event."""
        version = self.account.date_object(key, self.clock.now())
        if not key.startswith(STAGING):
            return
        name = parse_file_name(self.account.file_name(key))
        delay = self.faults.take_delay() + timedelta(seconds=name.seconds)
        if not self.faults.take(Fault.EVENT_LOST):
            copies = 2 if self.faults.take(Fault.EVENT_DUPLICATED) else 1
            for _ in range(copies):
                self.queues.send(UPLOAD_EVENTS, self._notification(key, version, event), delay)
        if key.startswith(STAGING + SCAN_AREA):
            self.scan(key, version, delay)

    def scan(self, key: str, version: str, delay: timedelta = timedelta(0)) -> None:
        """Sends the verdict on a version, unless the fault of this scan is that none comes."""
        verdict = self.faults.take_verdict() or self._judge(key, version)
        if verdict is not ScanVerdict.NONE:
            self.queues.send(VERDICTS, json.dumps(_scan_event(key, version, verdict)), delay)

    def respond_to_scan_request(self, operation: str, request: Any) -> dict[str, Any]:
        """Returns the response to SendObjectMalwareScan."""
        if operation != "SendObjectMalwareScan":
            raise NotImplementedError(operation)
        self.scan(request["s3Object"]["key"], request["s3Object"]["versionId"])
        return {}

    def _judge(self, key: str, version: str) -> ScanVerdict:
        named = parse_file_name(self.account.file_name(key)).verdict
        if named is not None:
            return _OF_NAMES[named]
        body = self.account.read_object(key, version)
        return ScanVerdict.INFECTED if body is not None and _EICAR in body else ScanVerdict.CLEAN

    def _notification(self, key: str, version: str, event: str) -> str:
        """S3 user guide, "Event message structure"."""
        record = {
            "eventVersion": "2.5",
            "eventSource": "aws:s3",
            "awsRegion": REGION,
            "eventTime": format_rfc3339(self.clock.now()),
            "eventName": event,
            "s3": {
                "s3SchemaVersion": "1.0",
                "bucket": {"name": BUCKET, "arn": f"arn:aws:s3:::{BUCKET}"},
                "object": {"key": quote_plus(key, safe="/"), "versionId": version},
            },
        }
        return json.dumps({"Records": [record]})


def _scan_event(key: str, version: str, verdict: ScanVerdict) -> dict[str, Any]:
    """Returns GuardDuty's event, as its rule sends it to the queue."""
    status, result = _RESULTS[verdict]
    threats = [{"name": THREAT}] if verdict is ScanVerdict.INFECTED else None
    return {
        "version": "0",
        "source": "aws.guardduty",
        "detail-type": "GuardDuty Malware Protection Object Scan Result",
        "region": REGION,
        "detail": {
            "schemaVersion": "1.0",
            "scanStatus": status,
            "resourceType": "S3_OBJECT",
            "s3ObjectDetails": {
                "bucketName": BUCKET,
                "objectKey": key,
                "versionId": version,
                "s3Throttled": False,
            },
            "scanResultDetails": {"scanResultStatus": result, "threats": threats},
        },
    }
