"""Requests to GuardDuty Malware Protection for S3.

IAM actions: guardduty:SendObjectMalwareScan.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from functions.adapters.aws_errors import is_client_fault
from functions.domain.codes import Code
from functions.domain.errors import Unavailable


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
        try:
            self._client.send_object_malware_scan(
                S3Object={"Bucket": self._bucket, "Key": key, "VersionId": version}
            )
        except ClientError as error:
            if not is_client_fault(error):
                raise
            raise _unavailable() from error
        except (ConnectionError, HTTPClientError) as error:
            raise _unavailable() from error


def _unavailable() -> Unavailable:
    return Unavailable(Code.STORAGE_UNAVAILABLE, "GuardDuty is unavailable; try again.", retry_after=1)
