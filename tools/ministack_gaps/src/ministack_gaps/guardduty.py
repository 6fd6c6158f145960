"""GuardDuty Malware Protection for S3, which MiniStack does not have: plans, scans and their result events.

A plan is a resource of a template. Each new version of an object under its prefixes is scanned, and `SendObjectMalwareScan` scans
again. The result is an event on the default bus. PutEvents as `aws.guardduty` is refused, as on AWS.

https://docs.aws.amazon.com/guardduty/latest/ug/gdu-malware-protection-s3.html
"""

import contextvars
import datetime
import json
import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from ministack import app
from ministack.core import iam_actions
from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge, iam, s3
from ministack.services.cloudformation import provisioners

from ministack_gaps.responses import Response
from ministack_gaps.scan_engines import CLEAN, UNSUPPORTED, EngineError, find_engine

TYPE = "AWS::GuardDuty::MalwareProtectionPlan"
_THREATS, _NO_THREATS, _UNSUPPORTED, _FAILED = "THREATS_FOUND", "NO_THREATS_FOUND", "UNSUPPORTED", "FAILED"
_plans: dict[str, Mapping[str, Any]] = {}
"""Id of a plan -> what GetMalwareProtectionPlan returns of it, without its status."""
_PLANS = "/malware-protection-plan/"

_choosers: list[Callable[[str], str | None]] = []
"""The function of `set_verdicts`, if there is one."""

_upstream_fire = s3._fire_s3_event_async


def install() -> None:
    """Adds the resource type and the API, and wraps the asynchronous notification, because the other returns early."""
    provisioners._RESOURCE_HANDLERS[TYPE] = {"create": _create_plan, "delete": _delete_plan}
    iam_actions.SERVICE_TO_IAM_NAMESPACE["guardduty"] = "guardduty"
    iam_actions._BOTOCORE_SERVICE_MAP["guardduty"] = ["guardduty"]
    app.SERVICE_HANDLERS["guardduty"] = _handle
    s3._fire_s3_event_async = _fire


def set_verdicts(choose: Callable[[str], str | None]) -> None:
    """Has `choose` decide about objects before the engine does.

    It gets the key, and returns CLEAN, UNSUPPORTED or the name of a threat, or None to leave the object to the engine.
    """
    _choosers[:] = [choose]


def _create_plan(_logical_id: str, properties: dict[str, Any], _stack: str) -> tuple[str, dict[str, str]]:
    """Starts the engine, so that the first scan does not wait for it."""
    plan = uuid.uuid4().hex[:20]
    bucket = properties["ProtectedResource"]["S3Bucket"]
    arn = f"arn:aws:guardduty:{get_region()}:{get_account_id()}:malware-protection-plan/{plan}"
    _plans[plan] = {
        "arn": arn,
        "role": properties["Role"],
        "protectedResource": {
            "s3Bucket": {
                "bucketName": bucket["BucketName"],
                "objectPrefixes": bucket.get("ObjectPrefixes") or [],
            }
        },
    }
    find_engine()
    return plan, {"MalwareProtectionPlanId": plan, "Arn": arn, "Status": "ACTIVE"}


def _delete_plan(plan: str, _properties: dict[str, Any]) -> None:
    _plans.pop(plan, None)


def _fire(bucket: str, key: str, event: str, *rest: Any, version_id: str | None = None, **more: Any) -> None:
    _upstream_fire(bucket, key, event, *rest, version_id=version_id, **more)
    if "ObjectCreated" in event and version_id and _is_protected(bucket, key):
        _start_scan(bucket, key, version_id)


def _is_protected(bucket: str, key: str) -> bool:
    return any(
        each["bucketName"] == bucket and key.startswith(tuple(each["objectPrefixes"] or [""]))
        for each in _list_buckets()
    )


def _list_buckets() -> list[Mapping[str, Any]]:
    return [plan["protectedResource"]["s3Bucket"] for plan in _plans.values()]


async def _handle(
    method: str, path: str, _headers: dict[str, str], body: bytes, _query: dict[str, Any]
) -> Response:
    """Responds to SendObjectMalwareScan, whatever the prefixes of the plan, and to reads and updates of a plan.

    https://docs.aws.amazon.com/guardduty/latest/APIReference/API_SendObjectMalwareScan.html
    """
    if path.startswith(_PLANS):
        return _handle_plan(method, path.removeprefix(_PLANS), body)
    if (method, path) != ("POST", "/object-malware-scan/send"):
        return _respond(400, message="Unsupported operation of GuardDuty")
    target = json.loads(body)["s3Object"]
    if all(each["bucketName"] != target["bucket"] for each in _list_buckets()):
        return _respond(400, __type="BadRequestException", message="The bucket has no plan.")
    _start_scan(target["bucket"], target["key"], target["versionId"])
    return _respond(200)


def _handle_plan(method: str, id: str, body: bytes) -> Response:
    """Responds to GetMalwareProtectionPlan and UpdateMalwareProtectionPlan. A plan whose role is gone has an error."""
    plan = _plans.get(id)
    if plan is None:
        return _respond(404, __type="ResourceNotFoundException", message="The plan does not exist.")
    if method == "PATCH":
        changes = json.loads(body)
        bucket = plan["protectedResource"]["s3Bucket"] | changes.get("protectedResource", {}).get(
            "s3Bucket", {}
        )
        role = changes.get("role", plan["role"])
        _plans[id] = {**plan, "role": role, "protectedResource": {"s3Bucket": bucket}}
        return _respond(200)
    has_role = plan["role"].rpartition("/")[2] in iam._roles
    return _respond(200, **plan, status="ACTIVE" if has_role else "ERROR")


def _respond(status: int, /, **members: Any) -> Response:
    """Returns a response with headers of its own, because MiniStack adds to them."""
    return status, {"Content-Type": "application/json"}, json.dumps(members).encode()


def _start_scan(bucket: str, key: str, version: str) -> None:
    context = contextvars.copy_context()  # has the account and the Region
    threading.Thread(target=context.run, args=(_scan, bucket, key, version), daemon=True).start()


def _scan(bucket: str, key: str, version: str) -> None:
    body = s3._get_object_data(bucket, key, version)
    if body is not None:
        chosen = next((choose(key) for choose in _choosers), None)
        result, threat = _judge(bytes(body)) if chosen is None else _describe(chosen)
        eventbridge._dispatch_event(_event_of(bucket, key, version, result, threat))


def _judge(body: bytes) -> tuple[str, str | None]:
    try:
        return _describe(find_engine().scan(body))
    except EngineError:
        return _FAILED, None


def _describe(verdict: str) -> tuple[str, str | None]:
    if verdict == CLEAN:
        return _NO_THREATS, None
    return (_UNSUPPORTED, None) if verdict == UNSUPPORTED else (_THREATS, verdict)


def _event_of(bucket: str, key: str, version: str, result: str, threat: str | None) -> dict[str, Any]:
    status = {_FAILED: "FAILED", _UNSUPPORTED: "SKIPPED"}.get(result, "COMPLETED")
    detail = {
        "schemaVersion": "1.0",
        "scanStatus": status,
        "resourceType": "S3_OBJECT",
        "s3ObjectDetails": {
            "bucketName": bucket,
            "objectKey": key,
            "versionId": version,
            "s3Throttled": False,
        },
        "scanResultDetails": {
            "scanResultStatus": result,
            "threats": [{"name": threat}] if threat else None,
        },
    }
    return {
        "EventId": str(uuid.uuid4()),
        "Source": "aws.guardduty",
        "DetailType": "GuardDuty Malware Protection Object Scan Result",
        "EventBusName": "default",
        "Time": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Resources": [],
        "Account": get_account_id(),
        "Region": get_region(),
        "Detail": json.dumps(detail),
    }
