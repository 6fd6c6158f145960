"""Verdicts of GuardDuty Malware Protection for S3: its EventBridge events, as results of the step `scan`.

Only the literal verdict that a completed scan found no threat passes a file. Everything that is not known is no verdict.
https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html
"""

import json
from dataclasses import replace
from enum import StrEnum
from typing import Any

from functions.domain.codes import Code
from functions.domain.keys import DocumentKey, parse_documents_key, parse_staging_key
from functions.domain.steps import SCAN
from functions.domain.tasks import TaskOutcome, TaskResult
from functions.features.scan.sentences import INCONCLUSIVE, describe_threats
from functions.pipeline.step import Passed, Rejected

_SOURCE, _TYPE = "aws.guardduty", "GuardDuty Malware Protection Object Scan Result"
_ANY_ATTEMPT = 0
"""Attempt of a result that no task has asked for. A verdict without facts is about the bytes, so it holds for every attempt."""


class NoVerdict(StrEnum):
    """A scan result that says nothing about a document, for the log."""

    FOREIGN_OBJECT = "foreign_object"
    SCAN_FAILED = "scan_failed"
    """The scan failed, or its role was denied. The step asks for another scan when its deadline has passed."""


def parse_verdict(body: str, bucket: str) -> TaskResult | NoVerdict:
    """Returns the result in an event about a version of `bucket`. Raises ValueError for no scan result.

    The version is a staged one, or after a rescan a stored one.
    """
    match _load_json(body):
        case {
            "source": source,
            "detail-type": type_name,
            "detail": {
                "scanStatus": str(status),
                "s3ObjectDetails": {
                    "bucketName": str(scanned_bucket),
                    "objectKey": str(key),
                    "versionId": str(version),
                },
                "scanResultDetails": {"scanResultStatus": str(result), **more},
            },
        } if (source, type_name) == (_SOURCE, _TYPE):
            verdict = _judge(status, result, more.get("threats"))
        case _:
            raise ValueError("not a scan result of GuardDuty for one version of an object")
    document = parse_staging_key(key) or parse_documents_key(key)
    if scanned_bucket != bucket or document is None or version in ("", "null"):
        return NoVerdict.FOREIGN_OBJECT
    return NoVerdict.SCAN_FAILED if verdict is None else _result_of(document, version, verdict)


def _load_json(body: str) -> Any:
    try:
        return json.loads(body)
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error


def _judge(status: str, result: str, threats: object) -> Passed | Rejected | None:
    """Returns None for no verdict. A file with threats is never clean, whatever the result says."""
    if result == "THREATS_FOUND" or threats:
        return Rejected(Code.MALWARE_FOUND, describe_threats(_list_names(threats)))
    if result == "UNSUPPORTED":
        return Rejected(Code.SCAN_INCONCLUSIVE, INCONCLUSIVE)
    return Passed() if (status, result) == ("COMPLETED", "NO_THREATS_FOUND") else None


def _list_names(threats: object) -> list[str]:
    listed = threats if isinstance(threats, list) else []
    return [str(each["name"]) for each in listed if isinstance(each, dict) and each.get("name")]


def _result_of(document: DocumentKey, version: str, verdict: Passed | Rejected) -> TaskResult:
    result = TaskResult(
        document_id=document.document_id,
        owner=document.owner,
        step=SCAN,
        attempt=_ANY_ATTEMPT,
        version=version,
        outcome=TaskOutcome.PASSED,
    )
    if isinstance(verdict, Passed):
        return result
    return replace(result, outcome=TaskOutcome.REJECTED, code=verdict.code.value, detail=verdict.detail)
