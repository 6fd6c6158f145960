"""The parameters of the queries."""

from datetime import timedelta

import pytest

from functions.adapters.dynamodb import queries
from functions.adapters.dynamodb.attributes import from_item
from functions.adapters.dynamodb.items import DOCUMENT_PREFIX
from functions.domain.document import Status
from functions.domain.repository import ListQuery
from tests.examples import NOW, OWNER, an_id

ALL = {"pending", "completing", "processing", "ready", "rejected", "expired", "aborted", "failed"}


@pytest.mark.parametrize(
    ("requested", "listed"),
    [(None, ALL), (Status.DELETED, {"deleted"}), (Status.PROCESSING, {"completing", "processing"})],
)
def test_a_page_has_the_statuses_that_the_client_sees_as_the_requested_one(
    requested: Status | None, listed: set[str]
) -> None:
    values = from_item(
        queries.page("documents", ListQuery(OWNER, 10, requested))["ExpressionAttributeValues"]
    )
    assert {value for name, value in values.items() if name.startswith(":s")} == listed


@pytest.mark.parametrize(("number", "is_included"), [(-1, False), (0, True), (1, True)])
def test_documents_created_since_a_time_include_those_of_that_millisecond(
    number: int, is_included: bool
) -> None:
    query = queries.created_between("documents", OWNER, NOW, f"{DOCUMENT_PREFIX}~")
    values = from_item(query["ExpressionAttributeValues"])
    sort_key = DOCUMENT_PREFIX + an_id(0, NOW + timedelta(seconds=number))
    assert (values[":first"] <= sort_key <= values[":last"]) == is_included


def test_pages_and_recounts_read_consistently() -> None:
    """A recount by an eventually consistent read would miss a document that was just created, and count it off."""
    assert queries.page("documents", ListQuery(OWNER, 10))["ConsistentRead"]
    assert queries.created_between("documents", OWNER, None, "DOC#~")["ConsistentRead"]
