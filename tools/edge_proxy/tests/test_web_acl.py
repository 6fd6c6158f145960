"""Rules of a web ACL: rates, sizes, matches, labels and managed groups."""

from typing import Any

import pytest

from edge_proxy import Template, TemplateError, WebAcl, read_web_acl
from edge_proxy.errors import EdgeError
from edge_proxy.waf_request import WafRequest

_NONE = [{"Priority": 0, "Type": "NONE"}]
_VISIBILITY = {"CloudWatchMetricsEnabled": True, "MetricName": "m", "SampledRequestsEnabled": False}
_BLOCK: dict[str, Any] = {"Action": {"Block": {}}}


def _rule(statement: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {
        "Name": "r",
        "Priority": 0,
        "Statement": statement,
        "VisibilityConfig": _VISIBILITY,
        **(rest or _BLOCK),
    }


def _read(*rules: dict[str, Any], clock: list[float] | None = None, **rest: Any) -> WebAcl:
    properties = {
        "Name": "acl",
        "Scope": "CLOUDFRONT",
        "DefaultAction": {"Allow": {}},
        "VisibilityConfig": _VISIBILITY,
        "Rules": [{**rule, "Priority": index} for index, rule in enumerate(rules)],
        **rest,
    }
    template = Template({"Resources": {"Acl": {"Type": "AWS::WAFv2::WebACL", "Properties": properties}}}, {})
    now = clock or [0.0]
    return read_web_acl(template, "Acl.Arn", lambda: now[0])


def _request(method: str = "GET", path: str = "/a", body: bytes = b"", **rest: Any) -> WafRequest:
    fields = {"query": "", "headers": {"user-agent": "t"}, "address": "192.0.2.1", **rest}
    return WafRequest(method, path, body=body[:16_384], body_size=len(body), **fields)


def _status(acl: WebAcl, request: WafRequest) -> int:
    try:
        acl.check(request)
    except EdgeError as error:
        return error.status
    return 200


def test_a_rate_is_that_of_an_address_and_ends_with_its_window() -> None:
    clock = [0.0]
    rate = {"RateBasedStatement": {"AggregateKeyType": "IP", "Limit": 10, "EvaluationWindowSec": 60}}
    acl = _read(_rule(rate), clock=clock)
    assert [_status(acl, _request()) for _ in range(11)] == [200] * 10 + [403]
    assert _status(acl, _request(address="192.0.2.2")) == 200
    clock[0] = 60
    assert _status(acl, _request()) == 200


def test_a_rate_of_a_header_counts_only_requests_with_it_and_in_scope() -> None:
    key = {"Header": {"Name": "Authorization", "TextTransformations": _NONE}}
    scope = {"ByteMatchStatement": _match("/a", {"UriPath": {}}, "STARTS_WITH")}
    rate = {"AggregateKeyType": "CUSTOM_KEYS", "CustomKeys": [key], "Limit": 10, "ScopeDownStatement": scope}
    acl = _read(_rule({"RateBasedStatement": rate}))
    with_token: dict[str, Any] = {"headers": {"authorization": "x"}}
    assert [_status(acl, _request(path="/b", **with_token)) for _ in range(20)] == [200] * 20
    assert [_status(acl, _request()) for _ in range(20)] == [200] * 20
    assert [_status(acl, _request(**with_token)) for _ in range(11)][-2:] == [200, 403]


def _match(text: str, field: dict[str, Any], position: str) -> dict[str, Any]:
    return {
        "SearchString": text,
        "FieldToMatch": field,
        "PositionalConstraint": position,
        "TextTransformations": _NONE,
    }


@pytest.mark.parametrize(("size", "status"), [(100, 200), (101, 403)])
def test_a_size_rule_measures_its_component(size: int, status: int) -> None:
    constraint = {
        "ComparisonOperator": "GT",
        "Size": 100,
        "FieldToMatch": {"Body": {}},
        "TextTransformations": _NONE,
    }
    assert (
        _status(_read(_rule({"SizeConstraintStatement": constraint})), _request(body=b"x" * size)) == status
    )


@pytest.mark.parametrize(("handling", "status"), [("MATCH", 403), ("NO_MATCH", 200), ("CONTINUE", 403)])
def test_a_body_beyond_what_waf_sees_is_handled_as_the_rule_says(handling: str, status: int) -> None:
    field = {"Body": {"OversizeHandling": handling}}
    constraint = {
        "ComparisonOperator": "GT",
        "Size": 100,
        "FieldToMatch": field,
        "TextTransformations": _NONE,
    }
    assert (
        _status(_read(_rule({"SizeConstraintStatement": constraint})), _request(body=b"x" * 20_000)) == status
    )


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("TRACE", 403)])
def test_methods_are_those_that_a_rule_names(method: str, status: int) -> None:
    names = [{"ByteMatchStatement": _match(name, {"Method": {}}, "EXACTLY")} for name in ("GET", "POST")]
    statement = {"NotStatement": {"Statement": {"OrStatement": {"Statements": names}}}}
    assert _status(_read(_rule(statement)), _request(method)) == status


def test_a_managed_rule_that_only_counts_leaves_a_label_for_a_later_rule() -> None:
    overrides = [{"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}]
    group = {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet", "RuleActionOverrides": overrides}
    label = {"Scope": "LABEL", "Key": "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body"}
    documents = {"ByteMatchStatement": _match("/documents", {"UriPath": {}}, "STARTS_WITH")}
    both = [{"LabelMatchStatement": label}, {"NotStatement": {"Statement": documents}}]
    acl = _read(
        _rule({"ManagedRuleGroupStatement": group}, OverrideAction={"None": {}}),
        _rule({"AndStatement": {"Statements": both}}),
    )
    assert _status(acl, _request("POST", "/documents", b"x" * 9_000)) == 200
    assert _status(acl, _request("POST", "/other", b"x" * 9_000)) == 403
    assert _status(acl, _request(headers={})) == 403


def test_a_block_may_have_its_own_response() -> None:
    custom = {"ResponseCode": 429, "CustomResponseBodyKey": "busy"}
    bodies = {"busy": {"Content": "{}", "ContentType": "APPLICATION_JSON"}}
    match = {"ByteMatchStatement": _match("/a", {"UriPath": {}}, "EXACTLY")}
    acl = _read(_rule(match, Action={"Block": {"CustomResponse": custom}}), CustomResponseBodies=bodies)
    with pytest.raises(EdgeError) as caught:
        acl.check(_request())
    assert (caught.value.status, caught.value.body, caught.value.content_type) == (
        429,
        b"{}",
        "application/json",
    )


def test_the_first_rule_that_allows_ends_the_evaluation() -> None:
    match = {"ByteMatchStatement": _match("/a", {"UriPath": {}}, "EXACTLY")}
    acl = _read(_rule(match, Action={"Allow": {}}), _rule(match), DefaultAction={"Block": {}})
    assert (_status(acl, _request()), _status(acl, _request(path="/b"))) == (200, 403)


@pytest.mark.parametrize(
    "statement",
    [
        {"GeoMatchStatement": {"CountryCodes": ["DE"]}},
        {"ManagedRuleGroupStatement": {"VendorName": "other", "Name": "x"}},
        {"RateBasedStatement": {"AggregateKeyType": "IP", "Limit": 9}},
        {"ByteMatchStatement": _match("x", {"Cookies": {}}, "EXACTLY")},
    ],
)
def test_a_statement_that_is_not_emulated_is_refused(statement: dict[str, Any]) -> None:
    with pytest.raises(TemplateError):
        _read(_rule(statement))
