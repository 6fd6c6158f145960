"""Blocks of owners: the same contract for the table and for the fake."""

from dataclasses import replace
from typing import Any

import pytest

from functions.adapters.dynamodb.owner_blocks import DynamoDBOwnerBlocks
from functions.domain.codes import Code
from functions.domain.errors import AirlockError, WrongState
from functions.domain.repository import DocumentRepository
from functions.domain.suspicion import OwnerBlocks
from tests.examples import NOW, OWNER, PLENTY, a_document, an_id
from tests.fakes import InMemoryDocuments

OTHER = "f" * 32


@pytest.fixture
def blocks(repository: DocumentRepository) -> OwnerBlocks:
    if isinstance(repository, InMemoryDocuments):
        return repository
    table: Any = repository
    return DynamoDBOwnerBlocks(table._table.dynamodb, table._table.name)


def create(repository: DocumentRepository, number: int, owner: str = OWNER) -> None:
    repository.create(a_document(owner=owner, id=an_id(number)), PLENTY, None, NOW)


@pytest.mark.parametrize("earlier", [0, 1], ids=["before the first create", "after a create"])
def test_a_blocked_owner_creates_nothing_and_others_do(
    repository: DocumentRepository, blocks: OwnerBlocks, earlier: int
) -> None:
    for number in range(earlier):
        create(repository, number)
    for _ in range(2):
        blocks.block(OWNER, "creates", NOW)
    with pytest.raises(WrongState) as error:
        create(repository, 7)
    assert error.value.code is Code.OWNER_BLOCKED
    assert repository.get(OWNER, an_id(7)) is None
    create(repository, 8, owner=OTHER)


def test_no_document_of_a_batch_is_created(repository: DocumentRepository, blocks: OwnerBlocks) -> None:
    blocks.block(OWNER, "creates", NOW)
    documents = [a_document(id=an_id(number)) for number in range(2)]
    results = repository.create_batch(documents, replace(PLENTY), None, NOW)
    assert [isinstance(each, AirlockError) and each.code for each in results] == [Code.OWNER_BLOCKED] * 2
