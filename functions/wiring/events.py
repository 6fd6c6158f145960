"""The composition root of the function `publish`: settings -> clients -> adapters -> use case. It is built once, on first use."""

from functools import cache

from functions import clients, wiring
from functions.adapters.dynamodb.stream import read_record
from functions.adapters.eventbridge import EventBridgeBus
from functions.services.publish import PublishService


@cache
def publish_service() -> PublishService:
    chosen = wiring.settings()
    return PublishService(read_record, EventBridgeBus(clients.events(), chosen.event_bus), chosen.bucket)
