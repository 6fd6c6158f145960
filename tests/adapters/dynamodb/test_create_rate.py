"""The cost of the rate of creates: one transaction a create, whether creates are steady, come in bursts, or meet others."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.adapters.dynamodb.attributes import to_item
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.domain.errors import TooMany
from functions.domain.rate import OwnerRate
from tests.examples import NOW, OWNER, PLENTY, a_document, an_id
from tests.moto_account import REGION, Table
from tests.table_server import table_client

LIMITS = replace(PLENTY, open_uploads=10_000, creates=OwnerRate(per_second=10, burst=1_000))
SECOND = timedelta(seconds=1)


class Container:
    """A process of its own, with a count of its calls."""

    def __init__(self, table: Table) -> None:
        self.calls: Counter[str] = Counter()
        self.repository = DynamoDBDocuments(self._call, table.name)

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        self.calls[operation] += 1
        return table_client(REGION)(operation, **parameters)

    def create(self, number: int, now: datetime, limits: Any = LIMITS) -> None:
        self.repository.create(a_document(id=an_id(number)), limits, None, now)


@pytest.mark.parametrize("pause", [timedelta(0), SECOND / 20, SECOND / 10, SECOND / 5, SECOND, 100 * SECOND])
def test_a_create_costs_one_transaction_at_any_pace(table: Table, pause: timedelta) -> None:
    container = Container(table)
    for number in range(30):
        container.create(number, NOW + number * pause)
    assert container.calls == {"TransactWriteItems": 30}


@pytest.mark.parametrize("pause", [timedelta(0), SECOND / 20, SECOND / 5, SECOND])
def test_several_containers_cost_one_transaction_a_create_after_the_first_of_each(
    table: Table, pause: timedelta
) -> None:
    """A container that sees an owner for the first time during a burst has a wrong form at most once."""
    containers = [Container(table) for _ in range(3)]
    for number in range(30):
        containers[number % 3].create(number, NOW + number * pause)
    calls = sum((container.calls for container in containers), Counter[str]())
    assert calls["TransactWriteItems"] <= 30 + len(containers) - 1
    assert calls["GetItem"] <= len(containers) - 1


def test_a_create_after_another_container_s_burst_has_the_right_form_at_the_second_try(table: Table) -> None:
    first, second = Container(table), Container(table)
    for number in range(3):
        first.create(number, NOW)
    second.create(3, NOW)
    second.create(4, NOW)
    assert second.calls == {"TransactWriteItems": 3, "GetItem": 1}
    assert table.usage()["tat"] == int((NOW + SECOND / 2).timestamp() * 1_000_000)


def test_a_create_that_is_refused_changes_nothing(table: Table) -> None:
    container, limits = Container(table), replace(LIMITS, creates=OwnerRate(per_second=1, burst=2))
    for number in range(2):
        container.create(number, NOW, limits)
    before = table.usage()
    with pytest.raises(TooMany):
        container.create(2, NOW, limits)
    assert table.usage() == before


def test_an_owner_from_before_the_rate_is_admitted(table: Table) -> None:
    """The item of an owner whose last create was before an upgrade has no TAT."""
    container = Container(table)
    container.create(0, NOW)
    key = {"pk": to_item({"pk": OWNER})["pk"], "sk": {"S": "USAGE"}}
    table_client(REGION)("UpdateItem", TableName=table.name, Key=key, UpdateExpression="REMOVE tat")
    Container(table).create(1, NOW)
    container.create(2, NOW)
    assert table.usage()["open_uploads"] == 3


def test_an_owner_whose_usage_was_deleted_creates_again(table: Table) -> None:
    container = Container(table)
    container.create(0, NOW)
    table_client(REGION)("DeleteItem", TableName=table.name, Key=to_item({"pk": OWNER, "sk": "USAGE"}))
    container.create(1, NOW)
    assert container.calls["TransactWriteItems"] == 3
