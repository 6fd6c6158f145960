"""GuardDuty in a simulation: a verdict for each new version in `staging/scan/`, and for each scan that the functions ask for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from functions.domain.keys import SCAN_AREA, STAGING
from tests.features.scan.events import scan_event

CLEAN, INFECTED = "NO_THREATS_FOUND", "THREATS_FOUND"
OPERATION = "SendObjectMalwareScan"
"""moto has no such operation."""


@dataclass
class Scanner:
    """The scanner of one bucket. `clean` has the (key, version) of each clean verdict that was sent.

    - `comes_early` sends the verdict before S3's event.
    - `lost` is the number of verdicts that never come.
    - `repeats` sends each verdict as often, and before it an infected one of a version that S3 does not have.
    """

    bucket: str
    result: str = CLEAN
    comes_early: bool = False
    lost: int = 0
    repeats: int = 1
    clean: set[tuple[str, str]] = field(default_factory=set)

    def scan(self, key: str, version: str) -> list[str]:
        """Returns the bodies of the messages with the verdict."""
        if self.lost:
            self.lost -= 1
            return []
        if self.result == CLEAN:
            self.clean.add((key, version))
        verdict = scan_event(bucket=self.bucket, key=key, version=version, result=self.result)
        foreign = scan_event(bucket=self.bucket, key=key, version="an-unknown-version", result=INFECTED)
        events = [foreign, *[verdict] * self.repeats] if self.repeats > 1 else [verdict]
        return [json.dumps(event) for event in events]

    def scan_on_arrival(self, key: str, version: str) -> list[str]:
        """Does the same for a new version. GuardDuty protects `staging/scan/` alone."""
        return self.scan(key, version) if key.startswith(STAGING + SCAN_AREA) else []


@dataclass
class ScanRequests:
    """The requests of the functions for another scan, which are answered here instead of by moto."""

    _requests: list[tuple[str, str]] = field(default_factory=list)

    def take(self) -> list[tuple[str, str]]:
        """Returns the (key, version) of each request since the last call."""
        requests, self._requests = self._requests, []
        return requests

    def ask(self, key: str, version: str) -> None:
        """Asks for a scan as an operator does."""
        self._requests.append((key, version))

    def answer(self, params: Mapping[str, Any]) -> tuple[AWSResponse, dict[str, Any]]:
        """Returns the response to a request with these parameters of botocore."""
        scanned = json.loads(params["body"])["s3Object"]
        self.ask(scanned["key"], scanned["versionId"])
        return AWSResponse(params["url"], 200, HTTPHeaders(), None), {}
