"""The web ACL of the API, and its log of what was blocked or counted."""

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from functions.domain.edge_names import acl_name
from functions.http.route import Route
from infra.edge.responses import response_bodies
from infra.edge.rules import create_rules
from infra.waf_options import WafOptions

_LOG_PREFIX = "aws-waf-logs-"
"""AWS WAF logs to groups with this prefix only. https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html"""
_TOKEN = "authorization"  # noqa: S105 - the name of a header
_PROTECTED: Sequence[Mapping[str, Any]] = (
    {"Field": {"FieldType": "SINGLE_HEADER", "FieldKeys": [_TOKEN]}, "Action": "SUBSTITUTION"},
    {"Field": {"FieldType": "QUERY_STRING"}, "Action": "SUBSTITUTION"},
)
"""Tokens, and queries, which contain parts of file names: hidden in every log and in the samples that the console shows."""


class WebAcl(Construct):
    """A web ACL for CloudFront with the rules of `rules.py`. `stack` is the name of the main stack."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        options: WafOptions,
        routes: Sequence[Route],
        stack: str,
    ) -> None:
        super().__init__(scope, id)
        name = self.metric_name = acl_name(stack)
        rules = create_rules(options, routes)
        self.rules = [str(rule["Name"]) for rule in rules]
        """Names of the rules and of their metrics."""
        self.acl = wafv2.CfnWebACL(
            self,
            "Acl",
            name=name,
            scope="CLOUDFRONT",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=wafv2.CfnWebACL.VisibilityConfigProperty(
                cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
            ),
        )
        self.acl.add_property_override("Rules", rules)
        self.acl.add_property_override("CustomResponseBodies", response_bodies())
        self.acl.add_property_override("DataProtectionConfig", {"DataProtections": list(_PROTECTED)})
        self._log(name)

    def _log(self, name: str) -> None:
        """Logs what was blocked or counted. CloudFront has a line for every request.

        The name of the group is fixed, so that it must go with the stack, or a stack that comes again could not create it.
        """
        group = logs.LogGroup(
            self,
            "Log",
            log_group_name=f"{_LOG_PREFIX}{name}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        kept = [{"ActionCondition": {"Action": action}} for action in ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT")]
        wafv2.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=self.acl.attr_arn,
            # Without the `:*` that the ARN of a group ends with.
            log_destination_configs=[
                cdk.Stack.of(self).format_arn(
                    service="logs",
                    resource="log-group",
                    resource_name=group.log_group_name,
                    arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
                )
            ],
            redacted_fields=[
                wafv2.CfnLoggingConfiguration.FieldToMatchProperty(single_header={"Name": _TOKEN}),
                wafv2.CfnLoggingConfiguration.FieldToMatchProperty(query_string={}),
            ],
            logging_filter={
                "DefaultBehavior": "DROP",
                "Filters": [{"Behavior": "KEEP", "Requirement": "MEETS_ANY", "Conditions": kept}],
            },
        )
