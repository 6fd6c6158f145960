"""Records of the audit trail as lines, and the objects that have them."""

import json
from datetime import UTC, datetime

import pytest

from functions.domain.audit_record import AuditRecord, truncate_address
from functions.domain.audit_trail import (
    NO_HASH,
    Block,
    Chain,
    block_key,
    parse_block,
    parse_block_key,
)

AT = datetime(2026, 11, 29, 12, 0, 0, 500_000, UTC)
RECORD = AuditRecord(
    id="r#0",
    event="request.refused",
    at=AT,
    outcome="422",
    owner="0" * 32,
    actor="ada",
    code="file_too_large",
    operation="createDocument",
    request_id="r",
    network="192.0.2.0/24",
)
BLOCK = Block(
    chain=Chain.REQUESTS,
    sequence=7,
    previous=NO_HASH,
    previous_at=None,
    at=AT,
    retention_days=365,
    records=(RECORD, RECORD),
)


def test_a_record_is_one_line_of_json_without_empty_members() -> None:
    assert RECORD.to_json() == {
        "id": "r#0",
        "event": "request.refused",
        "at": "2026-11-29T12:00:00.500Z",
        "outcome": "422",
        "owner": "0" * 32,
        "actor": "ada",
        "code": "file_too_large",
        "operation": "createDocument",
        "requestId": "r",
        "network": "192.0.2.0/24",
    }
    assert AuditRecord.from_json(RECORD.to_json()) == RECORD


@pytest.mark.parametrize("content", [{}, {"id": "x"}, RECORD.to_json() | {"fileName": "a.png"}, [], "text"])
def test_anything_else_is_no_record(content: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="audit trail"):
        AuditRecord.from_json(content)


def test_an_object_is_ndjson_that_begins_with_a_line_about_itself() -> None:
    header, *lines = [json.loads(line) for line in BLOCK.to_bytes().decode().splitlines()]
    assert header == {
        "schemaVersion": 1,
        "chain": "requests",
        "sequence": 7,
        "previous": NO_HASH,
        "previousAt": None,
        "at": "2026-11-29T12:00:00.500Z",
        "retentionDays": 365,
        "records": 2,
    }
    assert lines == [RECORD.to_json()] * 2
    assert parse_block(BLOCK.to_bytes()) == BLOCK


@pytest.mark.parametrize(
    "body",
    [b"", b"[]\n", b"null\n", b"\xff", BLOCK.to_bytes()[:-1], BLOCK.to_bytes() + b"\n"],
    ids=["empty", "a list", "null", "no text", "cut", "longer"],
)
def test_anything_else_is_no_object(body: bytes) -> None:
    with pytest.raises(ValueError, match="audit trail"):
        parse_block(body)


def test_a_key_has_the_chain_and_the_number() -> None:
    assert BLOCK.key == block_key(Chain.REQUESTS, 7) == "trail/requests/000000000007.ndjson"
    assert parse_block_key(BLOCK.key) == (Chain.REQUESTS, 7)


@pytest.mark.parametrize(
    "key",
    ["", "trail/others/000000000007.ndjson", "trail/changes/7.ndjson", "trail/changes/000000000000.ndjson"],
)
def test_other_keys_are_none_of_a_writer(key: str) -> None:
    assert parse_block_key(key) is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("", None),
        ("unknown", None),
    ],
)
def test_an_address_becomes_a_network_that_many_share(address: str, network: str | None) -> None:
    assert truncate_address(address) == network
