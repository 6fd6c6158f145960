"""The step `table` in the deployed template: contacts become rows and a report, and the worker's role has no right too many."""

import csv
import io
import json
import tempfile
from collections.abc import Mapping
from typing import Any

import duckdb
import pytest

from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.event_sources import EventSources
from tests.journeys.manual_worker import ManualWorker
from tests.journeys.roles import Permission, Roles
from tests.journeys.scenario_context import ProveNeed, Scenario, ScenarioContext
from tests.journeys.shipped_worker_scenarios import list_permissions

STACK = "steps_stack"
WORKER = "Table"
CONTACTS = (
    "Email;Name;Birthday;Notes\r\n"
    "ada@example.com;Ada Müller;1815-12-10;first\r\n"
    'no-address;=HYPERLINK("http://example.com");2000-01-01;second\r\n'
    "grace@example.com;Grace;1906-13-09;third\r\n"
    "ada@example.com;Ada again;;fourth\r\n"
    '"joan@example.com";"Joan ""J"" Clarke";1917-06-24;\r\n'
).encode("cp1252")


@pytest.fixture(scope="module")
def contacts(user: ApiClient) -> dict[str, Any]:
    document = user.upload(CONTACTS, "contacts.csv", "text/csv", kind="contacts")
    assert document["status"] == "ready", document
    return document


def download(user: ApiClient, document: Mapping[str, Any], rendition: str) -> bytes:
    response = user.http.get(user.get_download_url(document["id"], rendition=rendition))
    assert response.status_code == 200
    assert document["renditions"][rendition]["size"] == len(response.content)
    return response.content


def find_step(document: dict[str, Any]) -> dict[str, Any]:
    [step] = [step for step in document["steps"] if step["name"] == "table"]
    return dict(step)


def test_valid_contacts_are_rows_of_parquet(user: ApiClient, contacts: dict[str, Any]) -> None:
    assert contacts["renditions"]["rows"]["contentType"] == "application/vnd.apache.parquet"
    with tempfile.NamedTemporaryFile() as file, duckdb.connect() as database:
        file.write(download(user, contacts, "rows"))
        file.flush()
        rows = database.execute(f"SELECT email, name, birthday::VARCHAR FROM read_parquet('{file.name}')")
        assert rows.fetchall() == [
            ("ada@example.com", "Ada Müller", "1815-12-10"),
            ("joan@example.com", 'Joan "J" Clarke', "1917-06-24"),
        ]


def test_the_report_says_what_was_read_and_what_is_wrong(user: ApiClient, contacts: dict[str, Any]) -> None:
    report = json.loads(download(user, contacts, "report"))
    assert [report[name] for name in ("rowsRead", "rowsAccepted", "rowsRejected")] == [5, 2, 3]
    assert [report[name] for name in ("encoding", "delimiter", "ignoredColumns")] == [
        "cp1252",
        ";",
        ["Notes"],
    ]
    assert report["errors"] == [
        {"line": 3, "column": "email", "code": "pattern"},
        {"line": 4, "column": "birthday", "code": "type"},
        {"line": 5, "column": "email", "code": "duplicate"},
    ]


def test_the_rejected_rows_are_a_file_for_a_spreadsheet(user: ApiClient, contacts: dict[str, Any]) -> None:
    text = download(user, contacts, "rejected").decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["line", "errors", "Email", "Name", "Birthday", "Notes"],
        ["3", "email: pattern", "no-address", '\'=HYPERLINK("http://example.com")', "2000-01-01", "second"],
        ["4", "birthday: type", "grace@example.com", "Grace", "1906-13-09", "third"],
        ["5", "email: duplicate", "ada@example.com", "Ada again", "", ""],
    ]


def test_the_original_can_still_be_downloaded(user: ApiClient, contacts: dict[str, Any]) -> None:
    assert user.http.get(user.get_download_url(contacts["id"])).content == CONTACTS


def test_too_many_invalid_rows_reject_the_file_with_the_first_of_them(user: ApiClient) -> None:
    document = user.upload(b"article,price\na,1.5\nb,cheap\n", "prices.csv", "text/csv", kind="prices")
    assert (document["status"], document["reason"]) == ("rejected", "too_many_rejected_rows")
    assert find_step(document)["detail"] == (
        "More rows than allowed are invalid; 0 invalid rows are allowed. The first: line 3, price: type."
    )
    assert document["renditions"] == {}


def test_rows_of_json(user: ApiClient) -> None:
    document = user.upload(b"article,price\na,1.5\n", "prices.csv", "text/csv", kind="prices")
    assert json.loads(download(user, document, "rows")) == {"article": "a", "price": 1.5}


def test_a_text_that_is_no_table_is_rejected(user: ApiClient) -> None:
    document = user.upload(b"Dear Ada,\nhow are you?\n", "letter.txt", "text/plain", kind="contacts")
    assert (document["status"], document["reason"]) == ("rejected", "columns_invalid")


@pytest.fixture(scope="module")
def task(user: ApiClient, operator: AdminClient) -> dict[str, Any]:
    """The task of contacts that wait for the worker."""
    with EventSources(operator.client("lambda")).pause("TableTasks"):
        created = user.create(CONTACTS, "contacts.csv", "text/csv", kind="contacts")
        assert user.put(created["upload"], CONTACTS).status_code == 200
        return ManualWorker(operator, "table").receive(created["document"]["id"])


@pytest.fixture(scope="module")
def scenarios(task: dict[str, Any]) -> Mapping[Permission, Scenario]:
    """Every permission of the worker. Only a table makes it store a rendition."""

    def store_a_rendition(context: ScenarioContext) -> bool:
        with context.event_sources.pause("TableResults"):
            is_done = context.handle(WORKER, "TableTasks", json.dumps(task))
            context.purge_queue("TableResults")
            return is_done

    put = Permission(WORKER, "s3:PutObject", "renditions/*/*/table")
    return {**list_permissions("table", task["parameters"]), put: store_a_rendition}


PERMISSIONS = sorted(list_permissions("table", {}))


def test_every_permission_of_the_worker_has_a_scenario(roles: Roles) -> None:
    deployed = [each for each in roles.list_permissions() if each.function == WORKER]
    assert sorted(deployed) == PERMISSIONS


@pytest.mark.parametrize("permission", PERMISSIONS, ids=" ".join)
def test_the_worker_fails_without_a_permission_and_works_with_it(
    prove_need: ProveNeed, scenarios: Mapping[Permission, Scenario], permission: Permission
) -> None:
    prove_need(permission, scenarios[permission])
