"""The erasure of an owner on moto."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.adapters.dynamodb.items import document_to_item
from functions.adapters.dynamodb.owner_usage import DynamoDBOwnerUsage
from functions.adapters.dynamodb.push_connections import DynamoDBConnections
from functions.domain.document import HistoryEntry, Status
from functions.domain.push import Connection
from functions.domain.quota import Usage
from operate import erasure
from operate.deployment import Deployment
from operate.erasure import Erasure, find_remains
from operate.errors import OperateError
from operate.records import Records
from operate.stored import StoredObjects
from tests.deep import SOAK
from tests.examples import NOW, PLENTY, a_document
from tests.moto_account import REGION
from tests.operate.conftest import OWNER
from tests.owner_content import OwnerContent
from tests.table_server import table_client

LIFETIME = timedelta(minutes=15)
ROUNDS = 91 if SOAK else 3
"""Documents of each of the 11 states: 1,001 in a soak."""


def erase(deployment: Deployment, owner: str = OWNER) -> Erasure:
    return erasure.erase_owner(Records.of(deployment), StoredObjects.of(deployment), owner, LIFETIME)


@pytest.mark.soak
def test_nothing_is_left_of_an_owner_with_documents_in_all_states(
    deployment: Deployment, content: OwnerContent
) -> None:
    documents = content.fill(ROUNDS)
    other = replace(content, owner="f" * 32)
    other.fill()
    before = len(other.list_left())
    assert len(content.list_left()) > 6 * len(documents)

    erased = erase(deployment)

    assert content.list_left() == []
    assert len(other.list_left()) == before
    assert erased.deleted["documents"] == len(documents) == 11 * ROUNDS
    assert erased.deleted["unfinished uploads"] == ROUNDS
    assert erased.deleted["versions in documents/"] == 2 * len(documents) + ROUNDS
    assert (erased.deleted["usage"], erased.deleted["idempotency keys"]) == (1, 1)
    assert erased.deleted["orphan reports"] == 1


def test_the_connections_of_an_owner_are_forgotten(deployment: Deployment, content: OwnerContent) -> None:
    connections = DynamoDBConnections(table_client(REGION), deployment.table)
    now = datetime.now(UTC)
    for owner, name in ((OWNER, "one="), (OWNER, "two="), ("f" * 32, "three=")):
        connections.add(Connection(name, owner, now), now + timedelta(hours=2))
    assert erase(deployment).deleted == {"items of push connections": 4}
    scanned = content.dynamodb.scan(TableName=deployment.table)["Items"]
    assert {item["pk"]["S"] for item in scanned} == {"PUSH#OWNER#" + "f" * 32, "PUSH#CONNECTION#three="}


def test_the_counters_of_an_owner_are_deleted(deployment: Deployment, content: OwnerContent) -> None:
    counters = DynamoDBOwnerUsage(table_client(REGION), content.table)
    counters.add_download(OWNER, 1, 10, NOW)
    counters.add_calls(OWNER, 1, PLENTY.creates, None, NOW)
    assert erase(deployment).deleted == {"usage": 2}
    assert counters.read(OWNER, NOW) == (Usage(), 0)


def test_a_second_erasure_finds_nothing(deployment: Deployment, content: OwnerContent) -> None:
    content.fill()
    erase(deployment)
    again = erase(deployment)
    assert (again.passes, again.deleted.total(), again.is_settled) == (1, 0, True)


def test_bytes_that_arrive_meanwhile_are_found_by_the_next_pass(
    deployment: Deployment, content: OwnerContent
) -> None:
    content.fill()
    objects = LateObjects(content.s3, content.bucket, f"staging/{OWNER}/late")
    erased = erasure.erase_owner(Records.of(deployment), objects, OWNER, LIFETIME)
    assert content.list_left() == []
    assert erased.passes == 3


def test_bytes_without_end_are_an_error(deployment: Deployment, content: OwnerContent) -> None:
    content.fill()
    objects = LateObjects(content.s3, content.bucket, f"staging/{OWNER}/late", times=100)
    with pytest.raises(OperateError, match="still arrive after 10 passes"):
        erasure.erase_owner(Records.of(deployment), objects, OWNER, LIFETIME)


@pytest.mark.parametrize(
    ("status", "minutes_ago", "is_settled"),
    [
        (Status.PENDING, 60, False),  # URLs may be signed until now
        (Status.READY, 20, True),
        (Status.READY, 10, False),
        (Status.PROCESSING, 60, False),
    ],
)
def test_an_erasure_says_when_nothing_can_arrive_any_more(
    deployment: Deployment, content: OwnerContent, status: Status, minutes_ago: int, is_settled: bool
) -> None:
    left = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    entries = [HistoryEntry(Status.PENDING, left)]
    if status is not Status.PENDING:
        entries.append(HistoryEntry(status, left))
    document = a_document(owner=OWNER, status=status, history=tuple(entries))
    content.dynamodb.put_item(TableName=content.table, Item=document_to_item(document))
    assert erase(deployment).is_settled is is_settled


def test_remains_are_counted_and_not_touched(deployment: Deployment, content: OwnerContent) -> None:
    content.fill()
    before = content.list_left()
    remains = find_remains(Records.of(deployment), StoredObjects.of(deployment), OWNER)
    assert remains.count()["documents"] == 11
    assert remains.size > 0
    assert content.list_left() == before


class LateObjects(StoredObjects):
    """Objects of which one arrives after each of the first deletes."""

    def __init__(self, client: Any, bucket: str, key: str, times: int = 1) -> None:
        super().__init__(client, bucket)
        object.__setattr__(self, "_late", [key] * times)

    def delete(self, versions: Any) -> None:
        super().delete(versions)
        late: list[str] = self._late  # type: ignore[attr-defined]
        if late:
            self.client.put_object(Bucket=self.bucket, Key=late.pop(), Body=b"late")
