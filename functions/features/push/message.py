"""The messages that a client gets: the changes of its owner's documents, with fields as the API shows them.

Each field is named here, so that no field of an event reaches a client by itself. `bucket`, `key`, `versionId` and `owner`
never do.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MAX_BYTES = 32 * 1024
"""Size at which a message is full. API Gateway bills a message for each 32 KB, and accepts at most 128 KB.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
"""

_FIELDS = ("id", "actor", "kind", "status", "size", "contentType", "sha256", "metadata", "at", "sequence")
_RENDITION_FIELDS = ("contentType", "size", "sha256", "width", "height")


def build_change(event: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the change that an event of the bus reports. `type` is its detail type, such as `document.ready`."""
    detail = event["detail"]
    return {
        "type": event["detail-type"],
        **{name: detail[name] for name in _FIELDS},
        "reason": detail["code"],
        "renditions": {name: _show(each) for name, each in detail["renditions"].items()},
    }


def build_messages(changes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yields JSON objects with `changes`, as few as their size allows. A change that is too large is alone in its message."""
    full, size = list[str](), 0
    for change in changes:
        text = json.dumps(change, ensure_ascii=False, separators=(",", ":"))
        length = len(text.encode())
        if full and size + length > MAX_BYTES:
            yield _join(full)
            full, size = [], 0
        full.append(text)
        size += length
    if full:
        yield _join(full)


def _join(changes: Sequence[str]) -> str:
    return f'{{"changes":[{",".join(changes)}]}}'


def _show(rendition: Mapping[str, Any]) -> dict[str, Any]:
    return {name: rendition[name] for name in _RENDITION_FIELDS if rendition.get(name) is not None}
