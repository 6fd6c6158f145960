"""Functions behind CloudFront: who is served, what is logged, and what a rotation does."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from tests.lambdas.account import REGION, Account
from tests.lambdas.api import PUBLIC, ROUTES, Api
from tests.table_server import table_server

NAME = "Airlock-test/edge"
VALUE = "the-value-of-the-header"
Deploy = Callable[..., None]


def settings(*, required: bool) -> str:
    return json.dumps({"secret": NAME, "required": required})


@pytest.fixture
def secret(account: Account, deploy: Deploy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    client = boto3.client("secretsmanager", REGION)
    client.create_secret(Name=NAME, SecretString=json.dumps({"1": VALUE}))
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", table_server())
    deploy(edge=settings(required=True))
    yield client
    client.delete_secret(SecretId=NAME, ForceDeleteWithoutRecovery=True)


def send(path: str, value: str | None, *, client: str = "198.51.100.7", method: str = "GET") -> Any:
    headers = {"x-forwarded-for": f"{client}, 192.0.2.1", "x-amz-cf-id": "Yv3=="}
    if value:
        headers["x-airlock-edge"] = value
    return Api().call(method, path, {} if method in ("POST", "PATCH") else None, headers=headers)


def path_of(route: str) -> str:
    return route.split()[1].replace("{id}", "0197a0f0-0000-7000-8000-000000000000")


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_no_route_serves_a_direct_call(secret: Any, route: str) -> None:
    method = route.split()[0]
    for value in (None, "wrong"):
        answer = send(path_of(route), value, method=method)
        assert answer.status == 403
        if method != "HEAD":
            assert answer.problem == (403, "edge_required")
    assert (route in PUBLIC) == (path_of(route) in {"/docs", "/openapi.json", "/.well-known/jwks.json"})


def test_a_call_of_cloudfront_is_served(secret: Any) -> None:
    assert send("/documents", VALUE).status == 200
    assert send("/openapi.json", VALUE).status == 200


def test_a_direct_call_leaves_nothing_behind(secret: Any, account: Account) -> None:
    before = account.items()
    request = {"fileName": "cat.png", "size": 10, "contentType": "image/png"}
    assert Api().post("/documents", request).problem == (403, "edge_required")
    assert account.items() == before


def test_a_deployment_between_the_two_serves_both(secret: Any, deploy: Deploy) -> None:
    deploy(edge=settings(required=False))
    assert [send("/documents", value).status for value in (VALUE, None, "wrong")] == [200, 200, 200]


def test_a_deployment_without_cloudfront_knows_no_header(account: Account) -> None:
    assert "AIRLOCK_EDGE" not in account.environment()
    assert send("/documents", "anything").status == 200


def test_the_lines_of_a_function_have_the_client_and_not_the_secret(
    secret: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def log(path: str, value: str | None, **more: str) -> dict[str, Any]:
        caplog.clear()
        send(path, value, **more)
        [record] = [each for each in caplog.records if each.getMessage() == "problem"]
        return vars(record)

    line = log("/documents/unknown", VALUE)
    assert (line["ip"], line["edge_request_id"]) == ("198.51.100.7", "Yv3==")
    assert VALUE not in str(line)
    line = log("/documents", "wrong", client="203.0.113.9")
    assert (line["code"], line["edge"]) == ("edge_required", "refused")
    assert "203.0.113.9" not in str(line)
    assert "edge" not in log("/documents", None)


def test_without_its_secret_a_function_serves_nobody(secret: Any, deploy: Deploy) -> None:
    deploy(edge=json.dumps({"secret": "missing", "required": True}))
    assert send("/documents", VALUE).problem == (503, "storage_unavailable")
    assert send("/documents", None).problem == (403, "edge_required")


def send_until_served(value: str) -> int:
    """Returns the last status. A read that failed is repeated after a second."""
    for _ in range(30):
        status = int(send("/documents", value).status)
        if status == 200:
            break
        time.sleep(0.1)
    return status


def test_a_deleted_secret_opens_nothing_and_calls_are_served_once_it_is_back(
    secret: Any, deploy: Deploy
) -> None:
    assert send("/documents", VALUE).status == 200
    secret.delete_secret(SecretId=NAME, ForceDeleteWithoutRecovery=True)
    assert send("/documents", VALUE).status == 200, "what was read stays valid"
    assert send("/documents", None).problem == (403, "edge_required")
    deploy(edge=settings(required=True))  # a process that has read nothing
    for value in (VALUE, "wrong"):
        assert send("/documents", value).problem == (503, "storage_unavailable")
    assert send("/documents", None).problem == (403, "edge_required")
    secret.create_secret(Name=NAME, SecretString=json.dumps({"1": VALUE}))
    assert send_until_served(VALUE) == 200
    assert send("/documents", "wrong").problem == (403, "edge_required")


@pytest.mark.parametrize("text", ["{}", "", "no json", '{"1": ""}'])
def test_a_secret_without_values_opens_nothing_until_it_has_one(
    secret: Any, deploy: Deploy, text: str
) -> None:
    secret.put_secret_value(SecretId=NAME, SecretString=text or " ")
    deploy(edge=settings(required=True))
    assert send("/documents", VALUE).problem == (503, "storage_unavailable")
    assert send("/documents", None).problem == (403, "edge_required")
    secret.put_secret_value(SecretId=NAME, SecretString=json.dumps({"1": VALUE}))
    assert send_until_served(VALUE) == 200


def test_a_removed_value_is_refused_and_the_other_one_is_served(secret: Any, deploy: Deploy) -> None:
    secret.put_secret_value(SecretId=NAME, SecretString=json.dumps({"2": "the-other-value"}))
    deploy(edge=settings(required=True))
    assert send("/documents", "the-other-value").status == 200
    assert send("/documents", VALUE).problem == (403, "edge_required")
