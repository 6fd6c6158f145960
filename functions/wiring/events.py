"""The composition root of the function `publish`: settings -> clients -> adapters -> use case. It is built once, on first use."""

from functools import cache

from functions import wiring
from functions.adapters.dynamodb.stream import StreamReader
from functions.adapters.eventbridge import EventBridgeBus
from functions.domain.suspicion import Bands, DayCounter
from functions.services.publish import PublishService
from functions.settings import Settings
from functions.wiring import clients


@cache
def publish_service() -> PublishService:
    chosen = wiring.settings()
    bus = EventBridgeBus(clients.events(), chosen.event_bus)
    return PublishService(StreamReader(read_bands(chosen)), bus, chosen.bucket)


def read_bands(chosen: Settings) -> Bands:
    """Returns the bands that are set."""
    bands = {
        DayCounter.CREATES: chosen.suspicious_creates,
        DayCounter.BYTES: chosen.suspicious_bytes,
        DayCounter.REJECTIONS: chosen.suspicious_rejections,
    }
    return {counter: limit for counter, limit in bands.items() if limit}
