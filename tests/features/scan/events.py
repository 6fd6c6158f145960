"""Scan results of GuardDuty, in the form in which a rule sends them to a queue."""

from typing import Any

from functions.domain.keys import SCAN_AREA, staging_key
from tests.examples import BUCKET, OWNER, an_id

KEY = staging_key(OWNER, an_id(), SCAN_AREA)


def scan_event(
    *,
    bucket: str = BUCKET,
    key: object = KEY,
    version: object = "v1",
    status: object = "COMPLETED",
    result: object = "NO_THREATS_FOUND",
    threats: object = None,
) -> dict[str, Any]:
    """Returns the event for a version of a staged object, by default a clean one."""
    return {
        "version": "0",
        "id": "72c7d362-737a-6dce-fc78-9e27a0171419",
        "detail-type": "GuardDuty Malware Protection Object Scan Result",
        "source": "aws.guardduty",
        "account": "111122223333",
        "time": "2026-11-28T12:00:00Z",
        "region": "eu-west-1",
        "resources": [],
        "detail": {
            "schemaVersion": "1.0",
            "scanStatus": status,
            "resourceType": "S3_OBJECT",
            "s3ObjectDetails": {
                "bucketName": bucket,
                "objectKey": key,
                "eTag": "ASIAI44QH8DHBEXAMPLE",
                "versionId": version,
                "s3Throttled": False,
            },
            "scanResultDetails": {"scanResultStatus": result, "threats": threats},
        },
    }
