"""Records of the table's stream, as Lambda delivers them, with the images of an item before and after its write."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from functions.adapters.dynamodb.items import CHANGE, document_from_item
from functions.adapters.dynamodb.usage import DAY_COUNTERS, USAGE
from functions.domain.changes import Change
from functions.domain.document_events import SCHEMA_VERSION, Recorded, RecordedChange, RecordedSuspicion
from functions.domain.suspicion import Bands, DayCounts, OwnerEvent, find_passed


@dataclass(frozen=True)
class StreamReader:
    """Reads what a record reports: the change of a document, or counters of an owner that pass their bands."""

    bands: Bands

    def __call__(self, record: Mapping[str, Any]) -> list[Recorded]:
        """Raises SchemaVersionError."""
        change = read_record(record)
        return [change] if change else [*read_suspicions(record, self.bands)]


def read_record(record: Mapping[str, Any]) -> RecordedChange | None:
    """Returns the change that a record reports, None for a write that tells subscribers nothing. Raises SchemaVersionError."""
    written = record["dynamodb"]
    image = written.get("NewImage", {})
    if CHANGE not in image:
        return None
    return RecordedChange(written["SequenceNumber"], Change(image[CHANGE]["S"]), document_from_item(image))


def read_suspicions(record: Mapping[str, Any], bands: Bands) -> list[RecordedSuspicion]:
    """Returns the counters of an item USAGE that its write has taken past their bands."""
    written = record["dynamodb"]
    image = written.get("NewImage", {})
    if not bands or image.get("sk") != {"S": USAGE}:
        return []
    after = _read_counts(image)
    at = datetime.fromtimestamp(float(written["ApproximateCreationDateTime"]), UTC)
    return [
        RecordedSuspicion(
            written["SequenceNumber"],
            OwnerEvent(
                schema_version=SCHEMA_VERSION,
                owner=image["pk"]["S"],
                counter=counter,
                value=after[counter, day],
                limit=bands[counter],
                day=day,
                at=at,
            ),
        )
        for counter, day in find_passed(_read_counts(written.get("OldImage", {})), after, bands)
    ]


def _read_counts(image: Mapping[str, Any]) -> DayCounts:
    return {
        (DAY_COUNTERS[prefix], date.fromisoformat(day)): int(value["N"])
        for name, value in image.items()
        for prefix, mark, day in [name.partition("#")]
        if mark and prefix in DAY_COUNTERS
    }
