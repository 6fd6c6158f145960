"""The API's description, which comes from the code that serves it, and the page that shows it."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from functions.domain.document import PURGED_STATUSES, Status
from tests.lambdas.account import Account
from tests.lambdas.api import PUBLIC, ROUTES, Api, ResponseModel

ROOT = Path(__file__).parents[2]
A_ROUTE = re.compile(r'"((?:GET|POST|PUT|PATCH|DELETE) /[^"]*)"')
METHODS = {"get", "put", "post", "delete", "patch", "options", "head", "trace"}


@pytest.fixture
def description(account: Account) -> Any:
    answer = Api().get("/openapi.json")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    return answer.json


def operations(description: Any) -> dict[str, Any]:
    """By route key; a parameter has one name here, whatever the code calls it."""
    return {
        f"{method.upper()} {re.sub(r'{[^}]*}', '{id}', path)}": operation
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
    assert description["info"]["version"]
    for path, methods in description["paths"].items():
        assert path.startswith("/")
        assert methods.keys() <= METHODS
    for operation in operations(description).values():
        assert operation["summary"]
        assert all(re.fullmatch(r"[1-5]\d\d|default", status) for status in operation["responses"])
        assert all(response["description"] for response in operation["responses"].values())
    ids = [operation["operationId"] for operation in operations(description).values()]
    assert len(set(ids)) == len(ids)


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


def test_every_route_that_is_deployed_is_described_and_served() -> None:
    deployed = set(A_ROUTE.findall((ROOT / "infra" / "api.py").read_text("utf-8")))
    assert deployed == ROUTES.keys()


def test_all_but_the_description_itself_is_described(description: Any) -> None:
    assert operations(description).keys() == ROUTES.keys() - PUBLIC


def test_every_problem_of_an_operation_is_described_with_its_codes_and_nothing_of_the_framework(
    description: Any,
) -> None:
    for operation in operations(description).values():
        assert "default" not in operation["responses"]
        for status, response in operation["responses"].items():
            content = response.get("content", {})
            if status < "400":
                assert content.keys() <= {"application/json"}
                continue
            assert content.keys() <= {"application/problem+json", "application/json"}
            if problem := content.get("application/problem+json"):
                ours, these = problem["schema"]["allOf"]
                assert ours == {"$ref": "#/components/schemas/Problem"}
                assert these["properties"]["status"] == {"const": int(status)}
                assert ", ".join(these["properties"]["code"]["enum"]) == response["description"]
    assert not [name for name in description["components"]["schemas"] if "ValidationError" in name]


def test_what_the_gateway_answers_by_itself_is_described_as_its_own(description: Any) -> None:
    for operation in operations(description).values():
        for status in ("401", "403", "429", "500", "503"):
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
    assert not [word for word in ("completing", "purging", "purged") if word in json.dumps(description)]


def page(account: Account) -> ResponseModel:
    return Api().call("GET", "/docs", headers={"accept-encoding": "gzip"})


def test_the_page_shows_the_description(account: Account, description: Any) -> None:
    answer = page(account)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["content-encoding"] == "gzip"
    assert "<title>Airlock</title>" in answer.text
    for path in description["paths"]:
        assert f'"{path}"' in answer.text


class Fetched(HTMLParser):
    """What a browser would fetch for the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("src", "href", "action", "srcset")]


def test_the_page_fetches_nothing_from_anywhere(account: Account) -> None:
    fetched = Fetched()
    text = page(account).text
    fetched.feed(text)
    of_styles = [url.strip("'\"") for url in re.findall(r"url\((['\"]?[a-z]+:)", text)]
    assert {*fetched.found, *of_styles} == {"data:"}
    assert "@import" not in text.partition("</style>")[0]


def test_the_page_fits_into_the_answer_of_a_function(account: Account) -> None:
    assert len(Api().get("/docs").text.encode()) < 6_000_000
