"""Work that Lambda does with a function's execution role: polling its queue and writing its log.

MiniStack checks the requests that a function sends, but does these two itself, without a check.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc, sqs

from ministack_gaps.role_policies import is_function_allowed

PROBLEM = "PROBLEM: "
"""Prefix of an event source mapping's LastProcessingResult while its function's role may not poll the queue."""

_POLL = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_LOG = ("logs:CreateLogStream", "logs:PutLogEvents")

_upstream_receive = sqs._receive_messages_for_esm
_upstream_delete = sqs._delete_messages_for_esm
_upstream_emit_logs = lambda_svc._emit_lambda_logs


def install() -> None:
    """Replaces the poller's access to queues and the writing of logs."""
    sqs._receive_messages_for_esm = _receive
    sqs._delete_messages_for_esm = _delete
    lambda_svc._emit_lambda_logs = _emit_logs


def _receive(queue_url: str, max_number: int) -> list[dict[str, Any]]:
    """Receives nothing while the role lacks a right."""
    mapping, denied = _denied_actions(queue_url)
    _set_result(mapping, denied)
    if denied & {"sqs:ReceiveMessage", "sqs:GetQueueAttributes"}:
        return []
    return _upstream_receive(queue_url, max_number)  # type: ignore[no-any-return]


def _delete(queue_url: str, receipt_handles: set[str]) -> None:
    """Raises PermissionError when the role may not delete, because MiniStack would report the batch as processed."""
    mapping, denied = _denied_actions(queue_url)
    if "sqs:DeleteMessage" in denied:
        _set_result(mapping, denied)
        raise PermissionError("the role may not sqs:DeleteMessage")
    _upstream_delete(queue_url, receipt_handles)


def _denied_actions(queue_url: str) -> tuple[dict[str, Any], set[str]]:
    """Returns the queue's event source mapping and the actions that its function's role lacks."""
    arn = sqs._queues[queue_url]["attributes"]["QueueArn"]
    [mapping] = [mapping for _, _, mapping in lambda_svc._iter_all_esms() if mapping["EventSourceArn"] == arn]
    function, _ = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], None)
    return mapping, {action for action in _POLL if not is_function_allowed(function, action, arn)}


def _set_result(mapping: dict[str, Any], denied: set[str]) -> None:
    if denied:
        mapping["LastProcessingResult"] = f"{PROBLEM}the role may not {', '.join(sorted(denied))}"
    elif mapping["LastProcessingResult"].startswith(PROBLEM):
        mapping["LastProcessingResult"] = "No records processed"


def _emit_logs(function: dict[str, Any], *invocation: Any, **more: Any) -> None:
    """Writes the log only if the role may."""
    config = function.get("config") or function
    group = config.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"
    stream = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}:log-stream:any"
    if all(is_function_allowed(function, action, stream) for action in _LOG):
        _upstream_emit_logs(function, *invocation, **more)
