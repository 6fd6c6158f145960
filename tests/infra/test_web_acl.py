"""The rules of the web ACL: what they look at, what they need, and that every legal call of the journeys passes.

AWS does not publish what most rules of its groups look for. Those with a documented condition are evaluated; docs/edge.md says which
of the others can meet free text, and all of these only count there.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_proxy import Template, WebAcl, read_web_acl
from edge_proxy.errors import EdgeError
from edge_proxy.waf_request import WafRequest
from functions.domain.codes import Code
from functions.http.routes import ROUTES
from infra.edge.capacity import INCLUDED, LIMIT, count_capacity
from infra.edge.managed_rules import BODY_RULES, QUERY_RULES
from infra.edge.responses import CODES
from infra.edge.route_patterns import match_greater, match_methods, match_paths, paths_by_limit
from infra.edge.statements import MAX_PATTERN, PATH, matches
from tests.infra.conftest import Variant
from tests.infra.edge_context import WAF

ID = "0197a0f0-0000-7000-8000-000000000000"
CALLS = json.loads(Path(__file__).with_name("legal_calls.json").read_text())
"""Shapes of the calls of all journeys, which tests/journeys/call_recorder.py has recorded."""
BROWSER = {"user-agent": "Mozilla/5.0", "authorization": "Bearer token"}


@pytest.fixture(scope="module")
def properties(variant: Variant) -> dict[str, Any]:
    return find_acl(variant(**WAF, manifest="true", push="true").edge)


def find_acl(template: dict[str, Any]) -> dict[str, Any]:
    resources = template["Resources"].values()
    [found] = [each["Properties"] for each in resources if each["Type"] == "AWS::WAFv2::WebACL"]
    return dict(found)


@pytest.fixture
def acl(properties: dict[str, Any]) -> WebAcl:
    return read(properties)


def read(properties: dict[str, Any]) -> WebAcl:
    template = {"Resources": {"Acl": {"Type": "AWS::WAFv2::WebACL", "Properties": properties}}}
    return read_web_acl(Template(template, {}), "Acl.Arn", lambda: 0.0)


def request(method: str, path: str, *, body: int = 0, query: str = "", **more: Any) -> WafRequest:
    headers = {**BROWSER, **({"content-length": str(body)} if body else {}), **more.pop("headers", {})}
    address = more.pop("address", "198.51.100.7")
    return WafRequest(method, path, query, headers, b"x" * min(body, 16_384), body, address)


def evaluate(acl: WebAcl, sent: WafRequest) -> tuple[int, str]:
    """Returns the status and the code of the response, (200, "") for a request that reaches the API."""
    try:
        acl.check(sent)
    except EdgeError as error:
        is_own = error.content_type == "application/json"
        return error.status, json.loads(error.body)["code"] if is_own else "blocked"
    return 200, ""


@pytest.mark.parametrize(
    "call", CALLS, ids=lambda call: f"{call['method']} {call['path']} {'&'.join(call['query'])}"
)
def test_every_legal_call_of_the_journeys_passes(acl: WebAcl, call: dict[str, Any]) -> None:
    assert call["hasUserAgent"], "the core rule set refuses calls without it"
    assert not call["hasCookie"]
    query = "x" * call["queryBytes"]
    sent = request(call["method"], call["path"].replace("{id}", ID), body=call["bodyBytes"], query=query)
    assert evaluate(acl, sent) == (200, "")


def test_the_journeys_call_every_route() -> None:
    recorded = {call["path"] for call in CALLS}
    assert recorded == {route.path for route in ROUTES}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)
def test_every_route_takes_its_largest_body(acl: WebAcl, route: Any) -> None:
    path, limits = route.path.replace("{id}", ID), paths_by_limit(ROUTES)
    for method in (*route.methods, "OPTIONS"):
        assert evaluate(acl, request(method, path)) == (200, "")
    for limit, paths in limits.items():
        if route.path in paths:
            assert evaluate(acl, request(route.method, path, body=limit)) == (200, "")
            assert evaluate(acl, request(route.method, path, body=limit + 1)) == (413, "payload_too_large")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/.env"),
        ("GET", "/wp-login.php"),
        ("GET", f"/documents/{ID}/unknown"),
        ("GET", f"/documents/{ID}/parts/1"),
        ("GET", "/documents/"),
        ("GET", "/documentsx"),
        ("GET", "//documents"),
        ("PUT", f"/documents/{ID}"),
        ("TRACE", "/documents"),
        ("PROPFIND", "/documents"),
    ],
)
def test_what_the_table_does_not_have_is_not_found(acl: WebAcl, method: str, path: str) -> None:
    assert evaluate(acl, request(method, path)) == (404, "route_not_found")


def test_a_body_without_a_length_is_the_functions_to_refuse(acl: WebAcl) -> None:
    sent = WafRequest("POST", "/documents", "", BROWSER, b"x" * 16_384, 200_000, "198.51.100.7")
    assert evaluate(acl, sent) == (200, "")


def test_free_text_counts_only_where_the_table_has_it(acl: WebAcl) -> None:
    long_query = "nameContains=" + "%E8%AA%9E" * 255
    assert len(long_query) > 2_048
    assert evaluate(acl, request("GET", "/documents", query=long_query)) == (200, "")
    assert evaluate(acl, request("GET", f"/documents/{ID}", query=long_query)) == (403, "blocked")
    assert evaluate(acl, request("POST", f"/documents/{ID}/parts", body=60_000)) == (200, "")
    assert evaluate(acl, request("POST", f"/documents/{ID}/restore", body=60_000)) == (403, "blocked")


def test_a_call_without_a_user_agent_is_blocked_as_cloudfront_does(acl: WebAcl) -> None:
    assert evaluate(acl, request("GET", "/documents", headers={"user-agent": ""})) == (403, "blocked")


def test_a_token_and_an_address_have_a_limit(variant: Variant) -> None:
    limited = read(find_acl(variant(**WAF, addressRequests="20", tokenRequests="10").edge))

    def call(token: str, address: str) -> int:
        sent = request("GET", "/documents", address=address, headers={"authorization": token})
        return evaluate(limited, sent)[0]

    assert [call("a", f"192.0.2.{number}") for number in range(11)] == [200] * 10 + [429]
    assert [call(f"t{number}", "198.51.100.1") for number in range(21)] == [200] * 20 + [429]
    assert call("b", "192.0.2.99") == 200


def test_the_limit_of_tokens_keeps_no_token(properties: dict[str, Any]) -> None:
    [rule] = [each for each in properties["Rules"] if each["Name"] == "RequestsOfToken"]
    [key] = rule["Statement"]["RateBasedStatement"]["CustomKeys"]
    assert key["Header"]["TextTransformations"] == [{"Priority": 0, "Type": "MD5"}]


def test_the_limits_count_what_other_rules_block(properties: dict[str, Any]) -> None:
    names = [rule["Name"] for rule in sorted(properties["Rules"], key=lambda rule: int(rule["Priority"]))]
    assert names[:2] == ["RequestsOfAddress", "RequestsOfToken"]
    assert names[-1] == "FreeTextElsewhere"


def test_only_rules_for_free_text_count(properties: dict[str, Any]) -> None:
    groups = {
        rule["Statement"]["ManagedRuleGroupStatement"]["Name"]: rule
        for rule in properties["Rules"]
        if "ManagedRuleGroupStatement" in rule["Statement"]
    }
    assert set(groups) == {
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesAmazonIpReputationList",
    }
    assert all(rule["OverrideAction"] == {"None": {}} for rule in groups.values())
    counted = {
        each["Name"]
        for rule in groups.values()
        for each in rule["Statement"]["ManagedRuleGroupStatement"].get("RuleActionOverrides", [])
    }
    assert counted == {*BODY_RULES, *QUERY_RULES}


def test_the_acl_needs_less_than_what_is_included(properties: dict[str, Any]) -> None:
    assert count_capacity(properties["Rules"]) <= INCLUDED < LIMIT


def test_tokens_and_queries_are_in_no_log_and_in_no_sample(
    variant: Variant, properties: dict[str, Any]
) -> None:
    protected = properties["DataProtectionConfig"]["DataProtections"]
    assert [each["Field"] for each in protected] == [
        {"FieldType": "SINGLE_HEADER", "FieldKeys": ["authorization"]},
        {"FieldType": "QUERY_STRING"},
    ]
    assert {each["Action"] for each in protected} == {"SUBSTITUTION"}
    edge = variant(**WAF).edge["Resources"].values()
    [logging] = [each["Properties"] for each in edge if each["Type"] == "AWS::WAFv2::LoggingConfiguration"]
    assert logging["RedactedFields"] == [{"SingleHeader": {"Name": "authorization"}}, {"QueryString": {}}]
    assert logging["LoggingFilter"]["DefaultBehavior"] == "DROP"


def test_the_responses_are_problems_with_codes_of_the_api(properties: dict[str, Any]) -> None:
    bodies = properties["CustomResponseBodies"]
    assert set(bodies) == {code.value for code in CODES}
    for name, body in bodies.items():
        problem = json.loads(body["Content"])
        assert (problem["code"], problem["status"]) == (name, Code.parse(name).status)
        assert len(body["Content"]) <= 4_096


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 3))
def test_a_number_matches_if_it_is_greater(limit: int, number: int, zeros: int) -> None:
    is_match = re.fullmatch(match_greater(limit), "0" * zeros + str(number)) is not None
    assert is_match == (number > limit)


@given(st.text("/abc.{id}documents-x", max_size=40))
def test_no_other_path_matches(path: str) -> None:
    pattern = match_paths(route.path for route in ROUTES)
    own = {re.sub(r"\\{id\\}", "[^/]+", re.escape(route.path)) for route in ROUTES}
    assert bool(re.search(pattern, path)) == any(re.fullmatch(each, path) for each in own)


def test_patterns_fit_into_a_rule() -> None:
    assert len(match_paths(route.path for route in ROUTES)) < MAX_PATTERN // 2
    assert re.fullmatch(match_methods(ROUTES), "PATCH")
    with pytest.raises(ValueError, match="513 characters"):
        matches(PATH, "x" * 513)
