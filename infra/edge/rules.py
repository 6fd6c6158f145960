"""The rules of the web ACL, as data: limits of requests, the routes that exist, the largest bodies, and AWS's rule groups.

Every rule that blocks ends the evaluation, so the limits come first: they count what the others block too.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from functions.domain.codes import Code
from functions.http.route import Route
from infra.edge.managed_rules import BODY_RULES, GROUPS, QUERY_RULES, group_statement
from infra.edge.responses import block
from infra.edge.route_patterns import match_greater, match_methods, match_paths, paths_by_limit
from infra.edge.statements import (
    METHOD,
    PATH,
    Statement,
    all_of,
    any_of,
    has_label,
    header,
    matches,
    negate,
)
from infra.waf_options import WafOptions

Rule = Mapping[str, Any]

ADDRESS_LIMIT, TOKEN_LIMIT = "RequestsOfAddress", "RequestsOfToken"
FREE_TEXT_ELSEWHERE = "FreeTextElsewhere"
_WINDOW = 300
"""Seconds in which a limit counts. AWS WAF takes 60, 120, 300 or 600."""
_LIST = "listDocuments"
"""Operation with free text in its query."""


def create_rules(options: WafOptions, routes: Sequence[Route]) -> list[Rule]:
    """Returns the rules for a deployment that serves these routes."""
    own = [
        _rule(ADDRESS_LIMIT, _limit_address(options.address_requests), block(Code.EDGE_THROTTLED)),
        _rule(TOKEN_LIMIT, _limit_token(options.token_requests), block(Code.EDGE_THROTTLED)),
        _rule("UnknownRoutes", _unknown_routes(routes), block(Code.ROUTE_NOT_FOUND)),
        _rule("LargeBodies", _large_bodies(routes), block(Code.PAYLOAD_TOO_LARGE)),
    ]
    groups = [_rule(group.name, group_statement(group), {"None": {}}, "OverrideAction") for group in GROUPS]
    elsewhere = _rule(FREE_TEXT_ELSEWHERE, _free_text_elsewhere(routes), {"Block": {}})
    return [{**rule, "Priority": number} for number, rule in enumerate([*own, *groups, elsewhere])]


def _rule(name: str, statement: Statement, action: Mapping[str, Any], kind: str = "Action") -> Rule:
    return {
        "Name": name,
        "Statement": statement,
        kind: action,
        "VisibilityConfig": visibility(name),
    }


def visibility(name: str) -> Mapping[str, Any]:
    return {"CloudWatchMetricsEnabled": True, "MetricName": name, "SampledRequestsEnabled": True}


def _limit_address(requests: int) -> Statement:
    return {
        "RateBasedStatement": {
            "Limit": requests,
            "EvaluationWindowSec": _WINDOW,
            "AggregateKeyType": "IP",
        }
    }


def _limit_token(requests: int) -> Statement:
    """Counts by the hash of the token, so that no token is in the list of throttled keys. Requests without a token are not counted."""
    hashed = {"Name": "authorization", "TextTransformations": [{"Priority": 0, "Type": "MD5"}]}
    return {
        "RateBasedStatement": {
            "Limit": requests,
            "EvaluationWindowSec": _WINDOW,
            "AggregateKeyType": "CUSTOM_KEYS",
            "CustomKeys": [{"Header": hashed}],
        }
    }


def _unknown_routes(routes: Sequence[Route]) -> Statement:
    paths = match_paths(route.path for route in routes)
    return any_of([negate(matches(METHOD, match_methods(routes))), negate(matches(PATH, paths))])


def _large_bodies(routes: Sequence[Route]) -> Statement:
    """Compares Content-Length, because AWS WAF sees the first 16 kB of a body only. The function checks a body without it.

    A path without a limit of its own has the smallest, because a batch alone has a larger one.
    """
    (smallest, _), *larger = paths_by_limit(routes).items()
    own = [all_of(matches(PATH, match_paths(paths)), _length_above(limit)) for limit, paths in larger]
    exempt = [path for _, paths in larger for path in paths]
    others = [negate(matches(PATH, match_paths(exempt)))] if exempt else []
    usual = all_of(*others, _length_above(smallest)) if others else _length_above(smallest)
    return any_of([*own, usual])


def _length_above(limit: int) -> Statement:
    return matches(header("content-length"), match_greater(limit))


def _free_text_elsewhere(routes: Sequence[Route]) -> Statement:
    """Blocks what the rules for free text have counted, but for the routes with free text."""
    with_body = [path for paths in paths_by_limit(routes).values() for path in paths]
    with_query = [route.path for route in routes if route.operation_id == _LIST]
    return any_of([_labels_without(BODY_RULES, with_body), _labels_without(QUERY_RULES, with_query)])


def _labels_without(rules: Mapping[str, str], paths: Sequence[str]) -> Statement:
    labels = any_of([has_label(label) for label in rules.values()])
    return all_of(labels, negate(matches(PATH, match_paths(paths))))
