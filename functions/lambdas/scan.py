"""Handles two queues for the step `scan` with GuardDuty: its scan results, and the tasks that ask for another scan.

The role touches neither the table nor any object.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.domain.steps import SCAN
from functions.features.scan.guardduty import NoVerdict, parse_verdict
from functions.messages import step_results, step_tasks
from functions.messages.batch import BatchConfig, process_batch, queue_name
from functions.startup import finish_init
from functions.wiring import queues

_RESERVE = 10_000
"""Milliseconds that must be left to start another message."""


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Processes a batch, which comes from one queue. Only the queue of tasks has the name of the step's."""
    # Clients are created before the threads start, because boto3 cannot create them in several threads.
    queues.results_of(SCAN)
    wiring.guardduty()
    queue = queue_name(event)
    config = BatchConfig(
        handler=_request_scan if queues.find_step(queue, "tasks") == SCAN else _forward_verdict,
        group_key=step_results.document_of,
        document_id=step_results.document_id_of,
        has_time=lambda: context.get_remaining_time_in_millis() >= _RESERVE,
        queue=queues.consumed_queue(queue),
    )
    return process_batch(event, config)


def _forward_verdict(body: str) -> list[str]:
    verdict = parse_verdict(body, wiring.settings().bucket)
    if isinstance(verdict, NoVerdict):
        return [verdict]
    queues.results_of(SCAN).send(verdict)
    return [verdict.code or verdict.outcome]


def _request_scan(body: str) -> list[str]:
    task = step_tasks.parse(body)
    wiring.guardduty().request_scan(task.key, task.version)
    return ["scan_requested"]


finish_init(wiring.guardduty)
