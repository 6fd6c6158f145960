"""The check of direct calls in the functions of the API, and the alarm on calls of CloudFront that they refuse."""

from collections.abc import Iterable, Mapping

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from functions.domain.edge_names import ORIGIN_OUTPUT, secret_name
from functions.http.routes import ROUTES
from infra.alarms import ALARM_PERIOD, create_alarm
from infra.functions import Function
from infra.statements import allow
from infra.waf_options import WafOptions

_METRIC = "RefusedEdgeSecrets"
_MANY = 10
"""Calls in a period. Fewer may be somebody who guesses."""


class EdgeGuard(Construct):
    """Lets the functions read the secret. With `is_required` they refuse every call that does not bring it."""

    def __init__(
        self, scope: Construct, id: str, *, functions: Iterable[Function], is_required: bool
    ) -> None:
        super().__init__(scope, id)
        stack = cdk.Stack.of(self)
        name = secret_name(stack.stack_name)
        setting = stack.to_json_string({"secret": name, "required": is_required})
        for function in functions:
            function.change_settings(edge=setting)
            function.allow([allow(_arn(stack, name), "secretsmanager:GetSecretValue")])
            self._count_refused(function)
        self._create_alarm()

    def _count_refused(self, function: Function) -> None:
        logs.MetricFilter(
            self,
            f"Refused{function.node.id}",
            log_group=function.log_group,
            filter_pattern=logs.FilterPattern.string_value("$.edge", "=", "refused"),
            metric_namespace=cdk.Stack.of(self).stack_name,
            metric_name=_METRIC,
            metric_value="1",
        )

    def _create_alarm(self) -> None:
        refused = cloudwatch.Metric(
            namespace=cdk.Stack.of(self).stack_name,
            metric_name=_METRIC,
            statistic="Sum",
            period=ALARM_PERIOD,
        )
        create_alarm(
            self,
            "Refused",
            refused,
            threshold=_MANY,
            description="The functions refuse a value of the header that CloudFront sends: after a rotation in the wrong order, no client "
            "is served. Otherwise somebody guesses. See docs/runbooks/edge-guard-refused.md.",
        )


def guard_routes(
    stack: cdk.Stack, functions: Mapping[str, Function], url: str, options: WafOptions
) -> Mapping[str, str]:
    """Guards those of the functions that have routes. Returns the output by which CloudFront finds the API at `url`."""
    of_routes = {route.function for route in ROUTES}
    guarded = [each for name, each in functions.items() if name in of_routes]
    EdgeGuard(stack, "EdgeGuard", functions=guarded, is_required=options.requires_edge)
    return {ORIGIN_OUTPUT: cdk.Fn.select(2, cdk.Fn.split("/", url))}


def _arn(stack: cdk.Stack, name: str) -> str:
    """Returns the ARN. Secrets Manager appends six characters to the name."""
    return stack.format_arn(
        service="secretsmanager",
        resource="secret",
        resource_name=f"{name}-??????",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
