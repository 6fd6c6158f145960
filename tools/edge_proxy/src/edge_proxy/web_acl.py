"""A web ACL of AWS WAF: rules by priority, each of which allows, blocks or counts what it matches.

https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-actions.html
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from edge_proxy.errors import EdgeError, TemplateError, error_page
from edge_proxy.properties import Properties
from edge_proxy.template import Template
from edge_proxy.waf_managed import read_managed_group
from edge_proxy.waf_rates import read_rate
from edge_proxy.waf_request import WafRequest
from edge_proxy.waf_statements import Statement, read_statement

TYPE = "AWS::WAFv2::WebACL"
_LIMITS = {"KB_16": 16_384, "KB_32": 32_768, "KB_48": 49_152, "KB_64": 65_536}
"""Bytes of a body that WAF inspects for CloudFront, by default the first 16,384.
https://docs.aws.amazon.com/waf/latest/developerguide/waf-oversize-request-components.html
"""


@dataclass(frozen=True, slots=True)
class Response:
    """The response to a blocked request."""

    status: int
    body: str | None
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """`action` is allow, block or count."""

    name: str
    statement: Statement
    action: str
    labels: tuple[str, ...]
    response: Response


@dataclass(frozen=True, slots=True)
class WebAcl:
    """`body_limit` is in bytes: a caller gives at most that much of a body to `check`."""

    rules: tuple[Rule, ...]
    blocks_by_default: bool
    body_limit: int

    def check(self, request: WafRequest) -> None:
        """Raises EdgeError for a request that the first terminating rule, or the default action, blocks."""
        for rule in self.rules:
            if not rule.statement(request):
                continue
            request.labels.update(rule.labels)
            if rule.action == "allow":
                return
            if rule.action == "block":
                raise _blocked(rule.response)
        if self.blocks_by_default:
            raise _blocked(_FORBIDDEN)


_FORBIDDEN = Response(403, None, "text/html")


def read_web_acl(template: Template, arn: str, clock: Callable[[], float] = time.monotonic) -> WebAcl:
    """Reads the ACL of the template with this ARN. Raises TemplateError."""
    with template.find(TYPE, arn) as acl:
        acl.ignore("Name", "Description", "VisibilityConfig", "Tags", "DataProtectionConfig")
        if acl.take("Scope") != "CLOUDFRONT":
            raise TemplateError(f"{acl.where}: Scope is not CLOUDFRONT")
        bodies = acl.take("CustomResponseBodies", {})
        rules = sorted(acl.items("Rules"), key=lambda rule: int(rule.take("Priority")))
        return WebAcl(
            tuple(_read_rule(rule, bodies, clock) for rule in rules),
            "Block" in acl.take("DefaultAction"),
            _read_limit(acl.take("AssociationConfig", {})),
        )


def _read_rule(rule: Properties, bodies: Mapping[str, Any], clock: Callable[[], float]) -> Rule:
    with rule:
        rule.ignore("VisibilityConfig")
        labels = tuple(label["Name"] for label in rule.take("RuleLabels", []))
        statement = _read_top_statement(rule.nested("Statement"), clock)
        override, action = rule.take("OverrideAction", None), rule.take("Action", None)
        if (override is None) == (action is None):
            raise TemplateError(f"{rule.where}: one of Action and OverrideAction")
        # A rule group blocks by itself unless it is overridden as a whole.
        kind = ("Count" if "Count" in override else "Block") if override else next(iter(action))
        if kind not in ("Allow", "Block", "Count"):
            raise TemplateError(f"{rule.where}: {kind} is not emulated")
        settings = (action or {}).get(kind) or {}
        return Rule(rule.take("Name"), statement, kind.lower(), labels, _read_response(settings, bodies))


def _read_top_statement(properties: Properties, clock: Callable[[], float]) -> Statement:
    """Reads a statement of a rule, which unlike a nested one may be a rate or a rule group."""
    if rate := properties.optional("RateBasedStatement"):
        properties.finish()
        return read_rate(rate, clock)
    if group := properties.optional("ManagedRuleGroupStatement"):
        properties.finish()
        return read_managed_group(group)
    return read_statement(properties)


def _read_response(settings: Mapping[str, Any], bodies: Mapping[str, Any]) -> Response:
    custom = settings.get("CustomResponse")
    if not custom:
        return _FORBIDDEN
    body = bodies[custom["CustomResponseBodyKey"]] if "CustomResponseBodyKey" in custom else None
    types = {"APPLICATION_JSON": "application/json", "TEXT_HTML": "text/html", "TEXT_PLAIN": "text/plain"}
    content_type = types[body["ContentType"]] if body else "text/html"
    headers = tuple((header["Name"], header["Value"]) for header in custom.get("ResponseHeaders", []))
    return Response(int(custom["ResponseCode"]), body["Content"] if body else "", content_type, headers)


def _read_limit(association: Mapping[str, Any]) -> int:
    request = association.get("RequestBody", {}).get("CLOUDFRONT", {})
    return _LIMITS[request.get("DefaultSizeInspectionLimit", "KB_16")]


def _blocked(response: Response) -> EdgeError:
    if response.body is None:
        return error_page(response.status, "Request blocked.")
    return EdgeError(response.status, response.body, response.content_type, response.headers)
