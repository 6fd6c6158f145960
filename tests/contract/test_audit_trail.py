"""The contracts of `BlockStore` and `ChainHeads`, in S3 and DynamoDB and in memory."""

from datetime import UTC, datetime

import pytest

from functions.adapters.dynamodb.chain_heads import DynamoDBChainHeads
from functions.adapters.s3.trail import S3Blocks
from functions.domain.audit_trail import BlockStore, Chain, ChainHeads, Head, block_key
from tests.features.audit.fakes import InMemoryBlocks, InMemoryHeads
from tests.moto_account import REGION, Bucket, Table
from tests.table_server import table_client

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
FIRST, SECOND, TWELFTH = (block_key(Chain.CHANGES, number) for number in (1, 2, 12))


@pytest.fixture(params=["in memory", "in S3"])
def blocks(request: pytest.FixtureRequest) -> BlockStore:
    if request.param == "in memory":
        return InMemoryBlocks()
    bucket: Bucket = request.getfixturevalue("bucket")
    return S3Blocks(bucket.client, bucket.name)


@pytest.fixture(params=["in memory", "in DynamoDB"])
def heads(request: pytest.FixtureRequest) -> ChainHeads:
    if request.param == "in memory":
        return InMemoryHeads()
    table: Table = request.getfixturevalue("table")
    return DynamoDBChainHeads(table_client(REGION), table.name)


def test_a_key_is_written_once(blocks: BlockStore) -> None:
    assert blocks.put(FIRST, b"first")
    assert not blocks.put(FIRST, b"second")
    body, written_at = blocks.get(FIRST)
    assert body == b"first"
    assert written_at.tzinfo is not None


def test_the_last_key_of_a_chain_is_found_behind_another(blocks: BlockStore) -> None:
    for key in (FIRST, SECOND, TWELFTH, block_key(Chain.REQUESTS, 99)):
        blocks.put(key, b"body")
    assert blocks.find_last_key(Chain.CHANGES, FIRST) == TWELFTH
    assert blocks.find_last_key(Chain.CHANGES, TWELFTH) is None


def test_a_key_that_no_writer_writes_is_never_the_last(blocks: BlockStore) -> None:
    blocks.put(FIRST, b"body")
    blocks.put("trail/changes/note.txt", b"note")
    assert blocks.find_last_key(Chain.CHANGES, FIRST) is None


def test_a_chain_without_objects_has_an_empty_head(heads: ChainHeads) -> None:
    assert heads.get(Chain.CHANGES) == Head()


def test_a_head_is_read_as_it_was_stored_and_never_goes_back(heads: ChainHeads) -> None:
    second, first = Head(2, "b" * 64, AT, 365), Head(1, "a" * 64, AT, 365)
    heads.advance(Chain.CHANGES, second)
    heads.advance(Chain.CHANGES, first)
    heads.advance(Chain.REQUESTS, first)
    assert heads.get(Chain.CHANGES) == second
    assert heads.get(Chain.REQUESTS) == first
    third = Head(3, "c" * 64, None, 0)
    heads.advance(Chain.CHANGES, third)
    assert heads.get(Chain.CHANGES) == third
