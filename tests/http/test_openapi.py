"""The API description, which is generated from the route table and the handlers, and the page that shows it."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from functions import __version__
from functions.domain.codes import Code
from functions.domain.document import PURGED_STATUSES, Status
from functions.http import openapi
from functions.http.routes import ROUTES

METHODS = {"get", "put", "post", "delete", "patch", "options", "head", "trace"}
DESCRIBED = {route.key: route for route in ROUTES if not route.is_public}
CODES = {code.value: code for code in Code}
GATEWAY_STATUSES = ("401", "403", "429", "500", "503")


@pytest.fixture
def description() -> Any:
    return json.loads(openapi.read_description())


def operations(description: Any) -> dict[str, Any]:
    """Operations by route key."""
    return {
        f"{method.upper()} {path}": operation
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    }


def values_of(key: str, node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        yield from (value for name, value in node.items() if name == key)
        node = list(node.values())
    if isinstance(node, list):
        for entry in node:
            yield from values_of(key, entry)


def test_the_description_is_openapi_3_1(description: Any) -> None:
    assert description["openapi"].startswith("3.1.")
    assert description["info"]["title"] == "Airlock"
    assert description["info"]["version"] == __version__
    for methods in description["paths"].values():
        assert methods.keys() <= METHODS
    for operation in operations(description).values():
        assert all(re.fullmatch(r"[1-5]\d\d", status) for status in operation["responses"])
        assert all(response["description"] for response in operation["responses"].values())


def test_every_row_of_the_table_that_needs_a_token_is_described_as_the_row_says(description: Any) -> None:
    described = operations(description)
    assert described.keys() == DESCRIBED.keys()
    for key, route in DESCRIBED.items():
        operation = described[key]
        assert (operation["operationId"], operation["tags"]) == (route.operation_id, [route.tag])
        assert operation["summary"] == route.summary
        good = {int(status) for status in operation["responses"] if status < "400"}
        assert good == {success.status for success in route.success}


def test_every_reference_leads_somewhere(description: Any) -> None:
    references = set(values_of("$ref", description))
    assert references
    for reference in references:
        found = description
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]
        assert found


def test_every_schema_is_used(description: Any) -> None:
    used = set(values_of("$ref", description))
    assert {f"#/components/schemas/{name}" for name in description["components"]["schemas"]} == used


def test_every_parameter_of_a_path_is_described(description: Any) -> None:
    for path, methods in description["paths"].items():
        for operation in methods.values():
            described = [p["name"] for p in operation.get("parameters", []) if p["in"] == "path"]
            assert re.findall(r"{([^}]*)}", path) == described


def test_every_code_of_a_row_is_described_under_its_status_and_no_other_code_is(description: Any) -> None:
    for key, operation in operations(description).items():
        described: list[str] = []
        for status, response in operation["responses"].items():
            content = response.get("content", {})
            if status < "400":
                assert content.keys() <= {"application/json", "application/jose"}
                continue
            assert content.keys() <= {"application/problem+json", "application/json"}
            if problem := content.get("application/problem+json"):
                common, own = problem["schema"]["allOf"]
                assert common == {"$ref": "#/components/schemas/Problem"}
                assert own["properties"]["status"] == {"type": "integer", "enum": [int(status)]}
                codes = [CODES[code] for code in own["properties"]["code"]["enum"]]
                assert {code.status for code in codes} == {int(status)}
                assert all(code.message in response["description"] for code in codes)
                described += codes
        assert sorted(described) == sorted(DESCRIBED[key].codes)
    assert not [name for name in description["components"]["schemas"] if "ValidationError" in name]


def test_every_value_has_a_type_so_that_generated_clients_have_typed_problems(description: Any) -> None:
    """openapi-python-client drops a response whose schema it cannot merge, with a warning only."""
    for schema in schemas_of(description):
        assert "const" not in schema or schema["type"] == "string"
        assert "enum" not in schema or schema["type"] in ("string", "integer")
        assert "properties" not in schema or schema["type"] == "object"


def schemas_of(node: Any) -> Iterator[dict[str, Any]]:
    """Yields every schema that restricts values or has properties."""
    if isinstance(node, dict):
        if {"const", "enum"} & node.keys() or isinstance(node.get("properties"), dict):
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for entry in node:
            yield from schemas_of(entry)


def test_responses_of_the_gateway_itself_are_described_as_its_own(description: Any) -> None:
    for operation in operations(description).values():
        for status in GATEWAY_STATUSES:
            own = operation["responses"][status]["content"]["application/json"]["schema"]
            assert own == {"$ref": "#/components/schemas/GatewayMessage"}


def test_every_operation_needs_a_token(description: Any) -> None:
    [scheme] = description["components"]["securitySchemes"]
    for operation in operations(description).values():
        assert operation.get("security", description["security"]) == [{scheme: []}]


def test_a_status_that_no_client_ever_sees_is_not_described(description: Any) -> None:
    shown = sorted({status.public_status.value for status in set(Status) - PURGED_STATUSES})
    status = description["components"]["schemas"]["Document"]["properties"]["status"]
    assert sorted(status["enum"]) == shown
    statuses = {word for words in values_of("enum", description) for word in words}
    assert not statuses & {"completing", "purging", "purged"}


def test_the_reasons_of_a_document_are_the_codes_that_are_reasons(description: Any) -> None:
    reason = description["components"]["schemas"]["Document"]["properties"]["reason"]
    assert reason["anyOf"][0]["enum"] == [code.value for code in Code if code.is_reason]


def test_the_page_shows_every_operation_and_every_schema(description: Any) -> None:
    page = openapi.PAGE.read_text("utf-8")
    assert "<title>Airlock</title>" in page
    for path, operations in description["paths"].items():
        assert f"<code>{path}</code>" in page
        for operation in operations.values():
            assert f'<details id="{operation["operationId"]}">' in page
    for name in description["components"]["schemas"]:
        assert f'<details id="{name}">' in page


class Fetched(HTMLParser):
    """Collects the URLs that a browser fetches for a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("src", "href", "action", "srcset")]


def test_the_page_fetches_nothing_from_anywhere() -> None:
    fetched, page = Fetched(), openapi.PAGE.read_text("utf-8")
    fetched.feed(page)
    assert {url for url in fetched.found if not url.startswith("#")} == {"openapi.json"}
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert "<script" not in page
