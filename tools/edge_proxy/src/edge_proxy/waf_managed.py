"""The rules of AWS's managed rule groups whose condition is documented exactly: sizes and a missing User-Agent.

What the other rules look for is not published, so they match nothing here. The README lists them.
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
"""

from collections.abc import Mapping

from edge_proxy.errors import TemplateError
from edge_proxy.properties import Properties
from edge_proxy.waf_request import WafRequest
from edge_proxy.waf_statements import Statement, read_statement

_LABEL = "awswaf:managed:aws:core-rule-set:"
_CORE: Mapping[str, Statement] = {
    "NoUserAgent_HEADER": lambda request: not request.headers.get("user-agent"),
    "SizeRestrictions_QUERYSTRING": lambda request: len(request.query) > 2_048,
    "SizeRestrictions_Cookie_HEADER": lambda request: len(request.headers.get("cookie", "")) > 10_240,
    "SizeRestrictions_BODY": lambda request: request.body_size > 8_192,
    "SizeRestrictions_URIPATH": lambda request: len(request.path) > 1_024,
}
_LABELS = {
    "NoUserAgent_HEADER": "NoUserAgent_Header",
    "SizeRestrictions_QUERYSTRING": "SizeRestrictions_QueryString",
    "SizeRestrictions_Cookie_HEADER": "SizeRestrictions_Cookie_Header",
    "SizeRestrictions_BODY": "SizeRestrictions_Body",
    "SizeRestrictions_URIPATH": "SizeRestrictions_URIPath",
}
"""Rule -> the end of its label, which is written differently."""
RULES: Mapping[str, Mapping[str, Statement]] = {
    "AWSManagedRulesCommonRuleSet": _CORE,
    "AWSManagedRulesKnownBadInputsRuleSet": {},
    "AWSManagedRulesAmazonIpReputationList": {},
    "AWSManagedRulesSQLiRuleSet": {},
}


def read_managed_group(properties: Properties) -> Statement:
    """Reads a ManagedRuleGroupStatement. Its rules add labels; the statement is true when one of them blocks."""
    with properties:
        properties.ignore("ExcludedRules")
        vendor, name = properties.take("VendorName"), properties.take("Name")
        scope = properties.optional("ScopeDownStatement")
        counted = {
            item["Name"]
            for item in properties.take("RuleActionOverrides", [])
            if "Count" in item["ActionToUse"]
        }
        properties.refuse("only the default version", "Version", "ManagedRuleGroupConfigs")
    if vendor != "AWS" or name not in RULES:
        raise TemplateError(f"{properties.where}: {vendor} {name} is not emulated")
    return _combine(RULES[name], counted, read_statement(scope) if scope else None)


def _combine(rules: Mapping[str, Statement], counted: set[str], scope: Statement | None) -> Statement:
    def match(request: WafRequest) -> bool:
        if scope and not scope(request):
            return False
        found = [name for name, rule in rules.items() if rule(request)]
        request.labels.update(_LABEL + _LABELS[name] for name in found)
        return any(name not in counted for name in found)

    return match
