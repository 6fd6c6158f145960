"""Faults by file name in the local AWS: `infected.NAME`, `unscannable.NAME` and `wait10s.NAME`, for people who try a page.

They exist in this process alone. The names are those of the package airlock_testing. Keys are opaque, so the name comes from the record.
"""

import contextvars
import threading
from collections.abc import Callable
from typing import Any

from ministack.services import dynamodb, s3

from airlock_testing.file_names import INFECTED, THREAT, NameFaults, parse_file_name
from functions.adapters.dynamodb.items import document_key
from functions.domain.keys import parse_staging_key
from ministack_gaps.guardduty import set_verdicts
from ministack_gaps.scan_engines import UNSUPPORTED


def obey_file_names() -> None:
    """Call after `close_gaps`, whose wrapper of the notification also starts the scans: both come late."""
    s3._fire_s3_event_async = _delay_by_name(s3._fire_s3_event_async)
    set_verdicts(_choose_verdict)


def _delay_by_name(deliver: Callable[..., None]) -> Callable[..., None]:
    def deliver_later(bucket: str, key: str, event: str, *rest: Any, **more: Any) -> None:
        seconds = _find_faults(key).seconds if "ObjectCreated" in event else 0
        if not seconds:
            deliver(bucket, key, event, *rest, **more)
            return
        context = contextvars.copy_context()  # has the account and the Region
        timer = threading.Timer(seconds, context.run, (deliver, bucket, key, event, *rest), more)
        timer.daemon = True
        timer.start()

    return deliver_later


def _choose_verdict(key: str) -> str | None:
    verdict = _find_faults(key).verdict
    if verdict is None:
        return None
    return THREAT if verdict == INFECTED else UNSUPPORTED


def _find_faults(key: str) -> NameFaults:
    """Returns the faults of the document of a staged object, none for any other object."""
    document = parse_staging_key(key)
    if document is None:
        return NameFaults()
    item_key = document_key(*document)
    tables = [dynamodb._tables[name] for name in list(dynamodb._tables)]
    found = (each["items"].get(item_key["pk"]["S"], {}).get(item_key["sk"]["S"], {}) for each in tables)
    name = next((item["file_name"]["S"] for item in found if "file_name" in item), "")
    return parse_file_name(name)
