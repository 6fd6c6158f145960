"""Handles events of the bus, through SQS: sends each to the connections of its owner. The role reads no document."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.features.push.message import build_change
from functions.messages.changes import process_changes
from functions.startup import finish_init
from functions.wiring.push import fan_out


def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    fan_out()  # before the threads start, because boto3 cannot create clients in several threads
    return process_changes(event, _send)


def _send(owner: str, events: Sequence[Mapping[str, Any]]) -> Mapping[str, int]:
    return fan_out().send(owner, [build_change(each) for each in events])


finish_init(fan_out, wiring.connect)
