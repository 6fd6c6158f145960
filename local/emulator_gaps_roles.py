"""What MiniStack 1.5.33 does for a function without asking its role, as AWS does; more in `local.emulator_gaps`.

Requests that a function sends are checked by MiniStack itself. Here is what happens around them: the polling of its
queues, its log, and what S3 tells those who may not list.
"""

from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc, s3, sqs

from local.emulator_gaps import Response

PROBLEM = "PROBLEM: "
"""What an event source mapping's LastProcessingResult begins with while its function's role may not work it off."""

_READ_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_LOG = ("logs:CreateLogStream", "logs:PutLogEvents")

_ms_receive = sqs._receive_messages_for_esm
_ms_delete = sqs._delete_messages_for_esm
_ms_emit = lambda_svc._emit_lambda_logs


def close() -> None:
    """Replace the functions, once, before the first request and after `local.emulator_gaps`."""
    sqs._receive_messages_for_esm = _receive
    sqs._delete_messages_for_esm = _delete
    lambda_svc._emit_lambda_logs = _emit
    s3._get_object = _secretive(s3._get_object)
    s3._head_object = _secretive(s3._head_object)


def _receive(queue_url: str, max_number: int) -> list[dict[str, Any]]:
    """AWS works a queue off with the rights of the function's role.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    mapping, refused = _refused(queue_url)
    _say(mapping, refused)
    return (
        []
        if refused & {"sqs:ReceiveMessage", "sqs:GetQueueAttributes"}
        else _ms_receive(queue_url, max_number)
    )


def _delete(queue_url: str, receipt_handles: set[str]) -> None:
    mapping, refused = _refused(queue_url)
    if "sqs:DeleteMessage" in refused:
        _say(mapping, refused)
        raise PermissionError(
            "the role may not sqs:DeleteMessage"
        )  # else MiniStack would call the batch done
    _ms_delete(queue_url, receipt_handles)


def _refused(queue_url: str) -> tuple[dict[str, Any], set[str]]:
    """The queue's event source mapping, and which of the actions it needs its function's role may not do."""
    arn = sqs._queues[queue_url]["attributes"]["QueueArn"]
    [mapping] = [mapping for _, _, mapping in lambda_svc._iter_all_esms() if mapping["EventSourceArn"] == arn]
    function, _ = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], None)
    return mapping, {action for action in _READ_QUEUE if not _may(function, action, arn)}


def _say(mapping: dict[str, Any], refused: set[str]) -> None:
    if refused:
        mapping["LastProcessingResult"] = f"{PROBLEM}the role may not {', '.join(sorted(refused))}"
    elif mapping["LastProcessingResult"].startswith(PROBLEM):
        mapping["LastProcessingResult"] = "No records processed"


def _emit(function: dict[str, Any], *about: Any, **more: Any) -> None:
    """AWS writes what a function prints with the rights of its role, or not at all.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
    """
    config = function.get("config") or function
    group = config.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"
    stream = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}:log-stream:any"
    if all(_may(function, action, stream) for action in _LOG):
        _ms_emit(function, *about, **more)


def _secretive(read: Callable[..., Response]) -> Callable[..., Response]:
    """AWS tells a role that may not list a bucket 403 in place of 404: what is not there is none of its business.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    """

    def answer(bucket: str, *about: Any, **more: Any) -> Response:
        status, headers, body = read(bucket, *about, **more)
        if status == 404 and not _caller_may("s3:ListBucket", f"arn:aws:s3:::{bucket}"):
            return s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}")  # type: ignore[no-any-return]
        return status, headers, body

    return answer


def _caller_may(action: str, resource: str) -> bool:
    """Only a role is asked: people here are root or may do everything."""
    caller = iam_evaluator.caller_arn()
    if ":assumed-role/" not in caller:
        return True
    return _role_may(iam_evaluator._role_name_from_assumed_arn(caller), action, resource)


def _may(function: dict[str, Any], action: str, resource: str) -> bool:
    config = function.get("config") or function
    return _role_may(config["Role"].rpartition("/")[2], action, resource)


def _role_may(role: str, action: str, resource: str) -> bool:
    account = get_account_id()
    context = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:iam::{account}:role/{role}",
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=get_region(),
    )
    verdict = iam_evaluator.evaluate(context, iam_evaluator._gather_role_policies(role, account))
    return verdict.decision == "Allow"  # type: ignore[no-any-return]
