"""Requests to GuardDuty Malware Protection for S3.

IAM actions: guardduty:SendObjectMalwareScan.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from functions.adapters.boto3_faults import unavailable_when_faulty
from functions.domain.codes import Code


class GuardDutyClient(Protocol):
    """The operation of boto3's client that is used, because boto3-stubs has no small package for GuardDuty."""

    def send_object_malware_scan(self, *, S3Object: Mapping[str, str]) -> Any: ...  # noqa: N803 - boto3's name


class GuardDuty:
    """The malware scanner of one bucket."""

    def __init__(self, client: GuardDutyClient, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def request_scan(self, key: str, version: str) -> None:
        """Requests a scan of one version, which is billed. The verdict comes as an event. Raises Unavailable."""
        with unavailable_when_faulty(Code.STORAGE_UNAVAILABLE, "GuardDuty"):
            self._client.send_object_malware_scan(
                S3Object={"Bucket": self._bucket, "Key": key, "VersionId": version}
            )
