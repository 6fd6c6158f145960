"""Event source mappings of DynamoDB streams: partial failures, bisection, retries, the bucket of failures, and the role's rights.

MiniStack reports a batch with failed records as processed, and delivers failures to SQS and SNS only.

https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ministack.services import dynamodb, lambda_svc

from ministack_gaps.execution_role import PROBLEM
from ministack_gaps.role_policies import is_function_allowed
from ministack_gaps.stream_failures import deliver

Record = dict[str, Any]

_READ = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
_BACKOFF = 0.2
"""Seconds before a batch that failed is delivered again. AWS begins with some hundred milliseconds too, and doubles them."""


@dataclass
class _Progress:
    """The retries of the batch at the position of a mapping, and its largest size after a bisection."""

    position: int = -1
    retries: int = 0
    size: int | None = None


_progress: dict[str, _Progress] = {}


def install() -> None:
    """Replaces the poller of DynamoDB streams."""
    lambda_svc._poll_dynamodb_streams = _poll


def _poll() -> bool:
    """Returns True if a mapping has read records, so that the caller polls again at once."""
    polled = [
        _poll_one(mapping) for mapping in _list_mappings()
    ]  # each of them, also behind one that had records
    return any(polled)


def _list_mappings() -> Iterator[dict[str, Any]]:
    """Yields the enabled mappings of streams, each within the context of its account and Region."""
    for account, region, mapping in lambda_svc._iter_all_esms():
        tokens = lambda_svc._request_account_id.set(account), lambda_svc._request_region.set(region)
        try:
            if mapping.get("Enabled", True) and ":dynamodb:" in mapping.get("EventSourceArn", ""):
                yield mapping
        finally:
            lambda_svc._request_account_id.reset(tokens[0])
            lambda_svc._request_region.reset(tokens[1])


def _poll_one(mapping: dict[str, Any]) -> bool:
    id, stream = mapping["UUID"], mapping["EventSourceArn"]
    table = stream.partition(":table/")[2].partition("/")[0]
    function, _ = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
    if function is None or (dynamodb._tables.get(table) or {}).get("LatestStreamArn") != stream:
        return False
    if lambda_svc._esm_backoff_until.get(id, 0) > time.time() or not _may_read(mapping, function, stream):
        return False
    position = _find_position(mapping, table)
    progress = _progress.setdefault(id, _Progress())
    if progress.position != position:
        progress.position, progress.retries = position, 0
    raw = dynamodb.stream_records_since(table, position, progress.size or mapping.get("BatchSize", 100))
    if not raw:
        return False
    batch = lambda_svc._apply_filter_criteria(raw, mapping)
    advance = len(raw) if not batch else _invoke(mapping, function, raw, batch, progress)
    with lambda_svc._dynamodb_stream_positions_lock:
        lambda_svc._dynamodb_stream_positions[id] = position + advance
    return advance > 0


def _may_read(mapping: dict[str, Any], function: dict[str, Any], stream: str) -> bool:
    """ListStreams has no resource type. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html"""
    needed = [*((action, stream) for action in _READ), ("dynamodb:ListStreams", "*")]
    denied = [action for action, resource in needed if not is_function_allowed(function, action, resource)]
    result = str(mapping.get("LastProcessingResult", ""))
    if denied:
        mapping["LastProcessingResult"] = f"{PROBLEM}the role may not {', '.join(sorted(denied))}"
    elif result.startswith(PROBLEM):
        mapping["LastProcessingResult"] = "No records processed"
    return not denied


def _find_position(mapping: dict[str, Any], table: str) -> int:
    """Returns the position of the next record. Records beyond the retention of the stream are gone."""
    horizon, end = dynamodb.stream_start_position(table), dynamodb.stream_end_position(table)
    first = horizon if mapping.get("StartingPosition", "LATEST") == "TRIM_HORIZON" else end
    with lambda_svc._dynamodb_stream_positions_lock:
        known = int(lambda_svc._dynamodb_stream_positions.setdefault(mapping["UUID"], first))
        position = max(known, int(horizon))
        lambda_svc._dynamodb_stream_positions[mapping["UUID"]] = position
    return position


def _invoke(
    mapping: dict[str, Any],
    function: dict[str, Any],
    raw: Sequence[Record],
    batch: Sequence[Record],
    progress: _Progress,
) -> int:
    """Invokes the function. Returns the number of records, of those before the filter, that are done with."""
    result = lambda_svc._execute_function(function, {"Records": batch})
    failed = _find_failed(mapping, batch, result)
    if failed is None:
        progress.size, progress.retries = None, 0
        mapping["LastProcessingResult"] = f"OK - {len(batch)} records"
        return len(raw)
    mapping["LastProcessingResult"] = "FAILED"
    done = next(index for index, record in enumerate(raw) if record is batch[failed])
    if failed > 0:
        return done  # the retries count anew for the records that are left
    if result.get("error") and mapping.get("BisectBatchOnFunctionError") and len(raw) > 1:
        progress.size = (len(raw) + 1) // 2  # which uses up no retry
        return 0
    condition = _find_end(mapping, batch, progress)
    if condition is None:
        progress.retries += 1
        lambda_svc._esm_backoff_until[mapping["UUID"]] = time.time() + _BACKOFF
        return 0
    deliver(mapping, function, batch, result, condition, progress.retries + 1)
    progress.size = None
    return len(raw)


def _find_failed(mapping: dict[str, Any], batch: Sequence[Record], result: dict[str, Any]) -> int | None:
    """Returns the index of the first failed record: 0 for an error of the function or an identifier of no record."""
    if result.get("error"):
        return 0
    if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or []):
        return None
    body = lambda_svc.json.loads(body) if isinstance(body := result.get("body"), str) else body
    failures = (body or {}).get("batchItemFailures") or []
    if not failures:
        return None
    numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
    identifiers = [each.get("itemIdentifier") for each in failures]
    return min(numbers.index(each) if each in numbers else 0 for each in identifiers)


def _find_end(mapping: dict[str, Any], batch: Sequence[Record], progress: _Progress) -> str | None:
    """Returns why the batch is not tried again, None if it is. -1 stands for no limit."""
    oldest = min(float(record["dynamodb"]["ApproximateCreationDateTime"]) for record in batch)
    max_age, max_retries = (
        int(mapping.get(name, -1)) for name in ("MaximumRecordAgeInSeconds", "MaximumRetryAttempts")
    )
    if 0 < max_age < time.time() - oldest:
        return "MaxRecordAgeExceeded"
    return "RetryAttemptsExhausted" if 0 <= max_retries <= progress.retries else None
