"""Fuzz targets: each passes bytes to a reader of untrusted input, which may raise only the errors that it declares.

They run under Hypothesis with the other tests, and under atheris for any time (`make fuzz`).
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError
from werkzeug.http import parse_options_header

from functions import wiring
from functions.adapters.dynamodb.items import document_from_item, document_to_item
from functions.detection import HEAD_BYTES, Format, find_range, sniff
from functions.domain import cursor, filename, parts, validation
from functions.domain.codes import Code
from functions.domain.errors import AirlockError, InvalidInput
from functions.domain.ids import is_document_id
from functions.domain.keys import SCAN_AREA, parse_staging_key, staging_key
from functions.domain.kinds import Kind
from functions.domain.steps import StepRecord, StepStatus
from functions.http import body
from functions.http.part_schemas import CompleteRequest, PartsRequest
from functions.http.schemas import CreateRequest
from functions.messages import s3_events, step_results
from functions.pipeline.content_type import check_type
from tests.detection.file_samples import SAMPLES
from tests.examples import LIFETIMES, NOW, OWNER, a_document, an_id

_HARMLESS = Kind("any", frozenset(["image/png", "text/plain", "text/csv", "application/pdf", "video/mp4"]), 1)


def detection(data: bytes) -> None:
    """Any bytes have one format, and an active format is never accepted as a harmless one."""
    head = data[:HEAD_BYTES]
    further = find_range(head, len(data))
    found = sniff(head, data[further.start :][: further.length] if further else b"", len(data))
    assert isinstance(found, Format)
    for declared in _HARMLESS.content_types:
        if not isinstance(check_type(found, declared, _HARMLESS), Code):
            assert not found.active


def file_names(data: bytes) -> None:
    """A name is rejected, or a browser reads it back from the header of a download."""
    try:
        name = filename.clean(_text(data))
    except InvalidInput:
        return
    header = filename.content_disposition("attachment", name)
    assert header.encode("latin-1")
    assert not any(character < " " or character == "\x7f" for character in header)
    disposition, options = parse_options_header(header)
    assert (disposition, options["filename"]) == ("attachment", name)
    assert filename.clean(name) == name


def events(data: bytes) -> None:
    """A message is no notification, or its fields are strings. A key is foreign, or exactly a staging key."""
    text = _text(data)
    assert isinstance(s3_events.first_key(text), str)
    try:
        created = list(s3_events.parse(text))
    except ValueError:
        return
    for one in created:
        assert isinstance(one.bucket, str)
        assert isinstance(one.version, str | None)
        if record := parse_staging_key(one.key):
            assert one.key in (staging_key(*record), staging_key(*record, SCAN_AREA))


def step_results_of_workers(data: bytes) -> None:
    """A message is no result, or the table can store its step."""
    try:
        result = step_results.parse(_text(data), "check")
    except ValueError:
        return
    record = StepRecord(
        name="check",
        status=StepStatus.PASSED,
        at=NOW,
        attempt=result.attempt,
        detail=result.detail,
        facts=result.facts,
    )
    document = a_document(steps=(record,))
    assert document_from_item(json.loads(json.dumps(document_to_item(document)).encode())) == document


def cursors(data: bytes) -> None:
    """Only a cursor that was issued for this list can be decoded."""
    text = _text(data)
    try:
        document_id = cursor.decode(text, OWNER, "|")
    except InvalidInput:
        return
    assert is_document_id(document_id)
    assert cursor.encode(document_id, OWNER, "|") == text


def part_plans(data: bytes) -> None:
    """Every size is rejected or has a plan within the quotas of S3. Every part number is in the plan or rejected."""
    size, number = int.from_bytes(data[:8], "big") + 1, int.from_bytes(data[8:], "big", signed=True)
    target = parts.MIN_PART + size % (parts.MAX_PART - parts.MIN_PART + 1)
    try:
        plan = parts.plan_parts(size, target)
    except ValueError:
        assert size > parts.MAX_OBJECT
        return
    assert 1 <= plan.part_count <= parts.MAX_PARTS
    last = plan.size_of(plan.part_count)
    assert 1 <= last <= plan.part_size <= parts.MAX_PART
    assert plan.part_size * (plan.part_count - 1) + last == size
    try:
        plan.check_numbers([number])
    except InvalidInput:
        assert not 1 <= number <= plan.part_count


def bodies(data: bytes) -> None:
    """A body is rejected with a problem, or it is one JSON object that each schema accepts or rejects."""
    event = {"headers": {}, "body": data.decode("latin-1"), "isBase64Encoded": False}
    try:
        body.check(event, required=True, max_bytes=128 * 1024)
    except AirlockError:
        return
    text = str(event["body"])
    assert isinstance(json.loads(text), dict)
    for schema in (CreateRequest, PartsRequest, CompleteRequest):
        try:
            schema.model_validate_json(text)
        except ValidationError:
            continue


def creates(data: bytes) -> None:
    """A well-typed create is rejected with a problem, or it becomes a record."""
    try:
        request = CreateRequest.model_validate_json(data)
    except ValidationError:
        return
    try:
        document = validation.create_document(
            request.to_domain(),
            wiring.kinds(),
            owner=OWNER,
            document_id=an_id(),
            now=NOW,
            lifetimes=LIFETIMES,
            part_size=parts.DEFAULT_PART,
        )
    except AirlockError:
        return
    assert document.created_at == datetime(2026, 5, 4, 12, tzinfo=UTC)
    assert filename.clean(document.file_name) == document.file_name


@dataclass(frozen=True)
class Target:
    """`seeds` are valid inputs, which a fuzzer mutates."""

    run: Callable[[bytes], None]
    seeds: Sequence[bytes]


_EVENT = (
    b'{"Records":[{"eventVersion":"2.5","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":'
    b'{"key":"staging/' + OWNER.encode() + b"/" + an_id().encode() + b'","versionId":"v1","size":1}}}]}'
)
_RESULT = (
    b'{"documentId":"'
    + an_id().encode()
    + b'","owner":"'
    + OWNER.encode()
    + b'","attempt":1,"versionId":"v1",'
    b'"outcome":"passed","detail":"It is fine.","facts":{"pages":3,"ratio":0.5,"renditions":{"thumb":{"versionId":"v2",'
    b'"contentType":"image/webp","size":7,"sha256":"' + b"ab" * 32 + b'","width":4}}}}'
)
_CREATE = (
    b'{"fileName":"cat.png","size":69,"contentType":"image/png","title":"A cat","metadata":{"album":"cats"},'
    b'"method":"MULTIPART","partChecksums":true}'
)

TARGETS = {
    "detection": Target(detection, list(SAMPLES.values())),
    "file names": Target(
        file_names, [b"a.txt", "../é\u202e\"; filename=x'%2F.png".encode(), "ключ 😀.tar.gz".encode()]
    ),
    "events": Target(events, [_EVENT, b'{"Event":"s3:TestEvent"}']),
    "results of steps": Target(step_results_of_workers, [_RESULT]),
    "cursors": Target(cursors, [cursor.encode(an_id(), OWNER, "|").encode()]),
    "part plans": Target(part_plans, [bytes(8) + b"\x01", (10 << 30).to_bytes(8, "big") + b"\x27\x10"]),
    "bodies": Target(bodies, [_CREATE, b'{"partNumbers":[1,2],"checksums":{"1":"ab"},"compact":false}']),
    "creates": Target(
        creates, [_CREATE, b'{"fileName":"a.mp4","size":1099511627776,"contentType":"video/mp4"}']
    ),
}


def _text(data: bytes) -> str:
    """Decodes any bytes. Invalid ones become lone surrogates, which JSON can carry too."""
    return data.decode("utf-8", "surrogateescape")
