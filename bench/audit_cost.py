"""Dollars per million documents of the audit trail, for `python -m bench.cost`.

The bytes of records and the CPU time of the writer are measured; the requests follow from infra/features/audit.py. A document
that is uploaded has three changes. Each message is sent by itself, and is received and deleted with nine others.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from bench.prices import EVENTBRIDGE, LAMBDA, LAMBDA_GB_SECOND, S3_GB_MONTH, S3_PUT, SQS, WRITE_UNIT
from bench.table import Row
from bench.worker_time import measure_cpu
from functions.adapters.eventbridge import to_json
from functions.domain.audit_trail import NO_HASH, Block, Chain, hash_block
from functions.domain.changes import Change
from functions.domain.document_events import build_event
from functions.features.audit.records import read_message
from tests.examples import a_document

CHANGES = 3
BATCH = 1_000
"""Messages that the function `audit` gets at most (infra/features/audit.py)."""
_REQUESTS = 1 + 2 / 10
"""Requests to SQS for each message: it is sent alone, and received and deleted with nine others."""
_FUNCTION_GB = 0.5
_ACTOR = "7c2e0b0c-9a51-4f0e-8a53-6b6a2c6d5f10"
"""A `sub` of a user pool."""
_MONTHS = 12


def rows() -> Iterator[Row]:
    body, seconds = _measure_object()
    writes = (S3_PUT + WRITE_UNIT + LAMBDA + seconds * _FUNCTION_GB * LAMBDA_GB_SECOND) / BATCH
    each = _REQUESTS * SQS + writes
    stored = len(body) / BATCH * CHANGES * 1e6 / 1e9 * S3_GB_MONTH * _MONTHS
    bench = "cost of the audit trail"
    yield Row(bench, "changes of a document", CHANGES * each, "$/million")
    yield Row(
        bench,
        "the events of these changes, which other subscribers share",
        CHANGES * EVENTBRIDGE,
        "$/million",
    )
    yield Row(bench, "a download URL, with auditReads", each, "$/million")
    yield Row(bench, "storage of a year", stored, "$/million")
    yield Row(bench, "bytes of a record", len(body) / BATCH, "bytes")
    yield Row(bench, "CPU time of an object of 1,000 records", seconds * 1000, "ms")


def _measure_object() -> tuple[bytes, float]:
    """Returns the bytes of a full object, and the seconds of CPU that it takes to make it from messages."""
    detail = to_json(build_event(a_document(), "bucket")) | {"actor": _ACTOR}
    message = json.dumps({"detail-type": f"document.{Change.READY}", "detail": detail})
    now = datetime.now(UTC)
    bodies = list[bytes]()

    def write() -> None:
        records = [record for _ in range(BATCH) for record in read_message(Chain.CHANGES, message)]
        block = Block(
            chain=Chain.CHANGES,
            sequence=1,
            previous=NO_HASH,
            previous_at=now,
            at=now,
            retention_days=365,
            records=tuple(records),
        )
        bodies.append(block.to_bytes())
        hash_block(bodies[-1])

    seconds = measure_cpu(write)
    return bodies[-1], seconds
