"""Checks of the API: CORS by real preflights, tokens, the authorizer, the clock."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from operate.doctor.finding import DEPLOY_AGAIN, Finding, Inspection
from operate.doctor.preflight import check_foreign_origin, is_allowed, send_preflight
from operate.http import Response, request

_MAX_SKEW = 60
"""Seconds. AWS refuses signatures with a clock that is 15 minutes wrong; the lifetimes of URLs suffer earlier."""


def check_api_cors(inspection: Inspection) -> Iterator[Finding]:
    """Sends the preflights of each origin of a page, and of one that is not allowed."""
    url = f"{inspection.deployment.api_url}/documents"
    for api in inspection.template.list_resources("AWS::ApiGatewayV2::Api"):
        cors = api.properties.get("CorsConfiguration", {})
        for origin in cors.get("AllowOrigins", []):
            if not is_allowed(send_preflight(url, origin, "POST", cors["AllowHeaders"])):
                yield Finding(api.logical_id, f"does not let pages of {origin} call it", DEPLOY_AGAIN)
        yield from check_foreign_origin(api.logical_id, url, "POST", "call it")


def check_tokens(inspection: Inspection) -> Iterator[Finding]:
    """Sends requests without a token, with one that nobody has signed, and with that of the deployment if there is one."""
    for name, token in (("no token", None), ("a token that nobody has signed", _unsigned_token())):
        response = _list(inspection, token)
        if response.status != 401:
            problem = f"answers a request with {name} with {response.status} instead of 401"
            yield Finding(
                "API", problem, "Check the authorizers of the routes at once: every document may be readable."
            )
    token = inspection.deployment.token
    if token and (status := _list(inspection, token).status) != 200:
        remedy = "If the token is valid, compare its `iss` and `aud` or `client_id` with the authorizer, and its scopes with `scopes`."
        yield Finding("API", f"answers a request with the given token with {status} instead of 200", remedy)


def check_authorizers(inspection: Inspection) -> Iterator[Finding]:
    """IAM actions: apigateway:GET on authorizers and routes."""
    client = inspection.client("apigatewayv2")
    for expected in inspection.template.list_resources("AWS::ApiGatewayV2::Authorizer"):
        api = expected.properties["ApiId"]
        found = {each["AuthorizerId"]: each for each in client.get_authorizers(ApiId=api)["Items"]}
        jwt = found.get(expected.physical_id, {}).get("JwtConfiguration", {})
        for field in ("Issuer", "Audience"):
            wanted = expected.properties["JwtConfiguration"][field]
            if jwt.get(field) != wanted:
                problem = f"has {field.lower()} {jwt.get(field)} instead of {wanted}"
                yield Finding(
                    expected.logical_id, problem, f"Tokens of others may be accepted. {DEPLOY_AGAIN}"
                )
    yield from _check_routes(inspection)


def check_clock(inspection: Inspection) -> Iterator[Finding]:
    """Compares the clock of this machine with that of the API."""
    date = _list(inspection, None).headers.get("date")
    if not date:
        return
    skew = (datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds()
    if abs(skew) > _MAX_SKEW:
        problem = f"is {skew:+.0f} seconds away from the clock of AWS"
        yield Finding(
            "the clock of this machine", problem, "Synchronise it (NTP): signatures and times would be wrong."
        )


def _check_routes(inspection: Inspection) -> Iterator[Finding]:
    client = inspection.client("apigatewayv2")
    expected = [*inspection.template.list_resources("AWS::ApiGatewayV2::Route")]
    for api in {route.properties["ApiId"] for route in expected}:
        pages = client.get_paginator("get_routes").paginate(ApiId=api)
        found = {route["RouteKey"]: route for page in pages for route in page["Items"]}
        for route in (each for each in expected if each.properties["ApiId"] == api):
            key, wanted = route.properties["RouteKey"], route.properties.get("AuthorizationType", "NONE")
            type_ = found.get(key, {}).get("AuthorizationType", "missing")
            if type_ != wanted:
                problem = f"has the authorization {type_} instead of {wanted}"
                yield Finding(key, problem, f"Without one, anybody may call it. {DEPLOY_AGAIN}")


def _list(inspection: Inspection, token: str | None) -> Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return request("GET", f"{inspection.deployment.api_url}/documents?limit=1", headers=headers)


def _unsigned_token() -> str:
    """Returns a JWT without a signature, as a client library may accept by mistake (alg: none)."""
    parts = ({"alg": "none", "typ": "JWT"}, {"sub": "doctor", "token_use": "access", "exp": 4102444800})
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join(encoded) + "."
