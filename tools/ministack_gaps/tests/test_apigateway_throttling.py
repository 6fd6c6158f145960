"""The limits of an HTTP API: of the stage, and of a single route."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from ministack_gaps.apigateway_throttling import Bucket
from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, request

_SLOW = {"ThrottlingRateLimit": 0.001}
"""One token in 1,000 seconds, so that only the burst counts during a test."""


@dataclass(frozen=True)
class Api:
    """An HTTP API with the routes `GET /one` and `GET /other`, which return MiniStack's health."""

    gateway: Any
    id: str
    url: str

    def limit(self, **settings: object) -> None:
        self.gateway.update_stage(ApiId=self.id, StageName="$default", **settings)

    def get(self, path: str) -> httpx.Response:
        return request("GET", self.url + path)

    def statuses(self, path: str, count: int) -> list[int]:
        return [self.get(path).status_code for _ in range(count)]


@pytest.fixture
def api(closed: Account) -> Iterator[Api]:
    created = _create_api(closed)
    yield created
    created.gateway.delete_api(ApiId=created.id)


def test_a_request_above_the_limit_of_the_stage_is_answered_as_on_aws(api: Api, published: Account) -> None:
    _check_stage(api, [200, 200, 429])
    response = api.get("/other")
    assert (response.status_code, response.json()) == (429, {"message": "Too Many Requests"})
    assert response.headers["content-type"] == "application/json"
    assert "retry-after" not in response.headers
    _check_stage(_create_api(published), [200, 200, 200])


def _check_stage(api: Api, statuses: list[int]) -> None:
    api.limit(DefaultRouteSettings=_SLOW | {"ThrottlingBurstLimit": 2})
    assert api.statuses("/one", 3) == statuses, FIXED_UPSTREAM


def test_a_route_with_a_limit_of_its_own_has_its_own_bucket(api: Api) -> None:
    api.limit(
        DefaultRouteSettings=_SLOW | {"ThrottlingBurstLimit": 2},
        RouteSettings={"GET /one": _SLOW | {"ThrottlingBurstLimit": 1}},
    )
    assert api.statuses("/one", 2) == [200, 429]
    assert api.statuses("/other", 3) == [200, 200, 429]


def test_an_empty_bucket_fills_at_its_rate_up_to_its_size() -> None:
    bucket = Bucket(rate=10, burst=2, tokens=2, at=0)
    assert [bucket.take(now) for now in (0, 0, 0, 0.05)] == [True, True, False, False]
    assert [bucket.take(now) for now in (0.1, 0.1)] == [True, False]
    assert [bucket.take(now) for now in (60, 60, 60)] == [True, True, False]


def test_a_preflight_and_an_unknown_path_take_no_token(api: Api) -> None:
    api.limit(DefaultRouteSettings=_SLOW | {"ThrottlingBurstLimit": 1})
    for _ in range(3):
        assert request("OPTIONS", f"{api.url}/one").status_code == 403  # the API has no CORS configuration
        assert api.get("/unknown").status_code == 404
    assert api.statuses("/one", 2) == [200, 429]


def test_without_a_limit_of_its_own_an_api_has_the_quota_of_the_account(api: Api) -> None:
    assert api.statuses("/one", 10) == [200] * 10


def _create_api(account: Account) -> Api:
    gateway = account.client("apigatewayv2")
    id = gateway.create_api(Name="throttled", ProtocolType="HTTP")["ApiId"]
    integration = gateway.create_integration(
        ApiId=id,
        IntegrationType="HTTP_PROXY",
        IntegrationMethod="GET",
        IntegrationUri=account.server.endpoint,
        RequestParameters={"overwrite:path": "/_ministack/health"},
        PayloadFormatVersion="1.0",
    )["IntegrationId"]
    for path in ("/one", "/other"):
        gateway.create_route(ApiId=id, RouteKey=f"GET {path}", Target=f"integrations/{integration}")
    gateway.create_stage(ApiId=id, StageName="$default", AutoDeploy=True)
    return Api(gateway, id, f"{account.server.endpoint}/_aws/execute-api/{id}")
