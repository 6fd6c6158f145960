"""AWS's rule groups that the web ACL has, and those of their rules that only count where a request has free text.

A title, a file name and metadata are free text, and so is `nameContains`: a document about `<script>`, one named `../plan` or
`error.log`, and a link in a title are legal. A body of 10,000 part numbers has 60 kB. The functions parse bodies and queries
strictly, and use neither as a path, a URL or HTML.

The names of rules and labels are those of
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
and so are the capacities, with
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-ip-rep.html
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

CORE = "AWSManagedRulesCommonRuleSet"
KNOWN_BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet"
_CORE_LABELS = "awswaf:managed:aws:core-rule-set"


class Group(NamedTuple):
    """A rule group of AWS with its capacity in WCU."""

    name: str
    capacity: int


GROUPS = (
    Group("AWSManagedRulesAmazonIpReputationList", 25),
    Group(KNOWN_BAD_INPUTS, 200),
    Group(CORE, 700),
)
"""In the order of their evaluation. The group of anonymous addresses is not one of them, because back ends call from a cloud."""

BODY_RULES: Mapping[str, str] = {
    "SizeRestrictions_BODY": f"{_CORE_LABELS}:SizeRestrictions_Body",
    "CrossSiteScripting_BODY": f"{_CORE_LABELS}:CrossSiteScripting_Body",
    "GenericLFI_BODY": f"{_CORE_LABELS}:GenericLFI_Body",
    "GenericRFI_BODY": f"{_CORE_LABELS}:GenericRFI_Body",
    "EC2MetaDataSSRF_BODY": f"{_CORE_LABELS}:EC2MetaDataSSRF_Body",
}
"""Rule of the core rule set that looks at bodies -> the label that it adds."""

QUERY_RULES: Mapping[str, str] = {
    "SizeRestrictions_QUERYSTRING": f"{_CORE_LABELS}:SizeRestrictions_QueryString",
    "CrossSiteScripting_QUERYARGUMENTS": f"{_CORE_LABELS}:CrossSiteScripting_QueryArguments",
    "GenericLFI_QUERYARGUMENTS": f"{_CORE_LABELS}:GenericLFI_QueryArguments",
    "GenericRFI_QUERYARGUMENTS": f"{_CORE_LABELS}:GenericRFI_QueryArguments",
    "RestrictedExtensions_QUERYARGUMENTS": f"{_CORE_LABELS}:RestrictedExtensions_QueryArguments",
    "EC2MetaDataSSRF_QUERYARGUMENTS": f"{_CORE_LABELS}:EC2MetaDataSSRF_QueryArguments",
}
"""Rule of the core rule set that looks at queries -> the label that it adds."""


def group_statement(group: Group) -> Mapping[str, Any]:
    """Returns the statement of a group. The rules for free text count, so that a later rule decides by their labels."""
    overrides: Sequence[Mapping[str, Any]] = [
        {"Name": rule, "ActionToUse": {"Count": {}}} for rule in (*BODY_RULES, *QUERY_RULES)
    ]
    statement: dict[str, Any] = {"VendorName": "AWS", "Name": group.name}
    if group.name == CORE:
        statement["RuleActionOverrides"] = overrides
    return {"ManagedRuleGroupStatement": statement}
