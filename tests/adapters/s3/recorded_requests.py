"""Recording of the requests that a boto3 client sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.moto_account import Bucket


@contextmanager
def record_requests(bucket: Bucket) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Yields a list that grows by (operation, parameters) with each request."""
    requests: list[tuple[str, dict[str, Any]]] = []

    def record(params: dict[str, Any], model: Any, **_: object) -> None:
        requests.append((model.name, dict(params)))

    bucket.client.meta.events.register_first("before-parameter-build.s3", record, unique_id="record")
    try:
        yield requests
    finally:
        bucket.client.meta.events.unregister("before-parameter-build.s3", unique_id="record")
