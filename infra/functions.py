"""Lambda functions: each has a role, a log group and an entry in permissions.py; all share one bundle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from functions.settings import variable_name
from infra.bundle import ARCHITECTURE, RUNTIME
from infra.nag import suppress
from infra.permissions import trace_statement
from infra.roles import create_role
from infra.statements import allow


@dataclass(frozen=True)
class SharedProps:
    """Properties that all functions of the stack share."""

    code: lambda_.Code
    environment: Mapping[str, str]
    removal_policy: cdk.RemovalPolicy
    key: kms.IKey | None
    """Encrypts the logs, if there is one."""
    is_traced: bool = False
    """True if the function sends traces to X-Ray."""

    def with_settings(self, **values: str) -> "SharedProps":
        """Returns these properties with other values of some settings, each by its name. Raises KeyError for an unknown one."""
        changed = {variable_name(name): value for name, value in values.items()}
        return replace(self, environment={**self.environment, **changed})


class Function(Construct):
    """The function `functions.lambdas.{module}.lambda_handler`. It has the given permissions and may write its log.

    `module` is `name` unless given. `memory_size` is MB: Lambda allocates CPU in proportion to memory, and a cold start
    with less than 512 takes seconds. `storage_size` is that of /tmp.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        timeout: cdk.Duration,
        statements: Sequence[iam.PolicyStatement],
        shared: SharedProps,
        module: str | None = None,
        memory_size: int = 512,
        storage_size: cdk.Size | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.log_group = logs.LogGroup(
            self,
            "Log",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=shared.removal_policy,
            encryption_key=shared.key,
        )
        self._permissions = iam.PolicyDocument()
        self.role = self._create_role(statements, is_traced=shared.is_traced)
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            handler=f"functions.lambdas.{module or name}.lambda_handler",
            code=shared.code,
            memory_size=memory_size,
            ephemeral_storage_size=storage_size,
            timeout=timeout,
            role=self.role,
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            # WARN logs failed invocations only. START, END and REPORT cost more than the function's own lines.
            system_log_level_v2=lambda_.SystemLogLevel.WARN,
            environment={
                **shared.environment,
                "POWERTOOLS_SERVICE_NAME": f"airlock-{name}",
                "LOG_LEVEL": "INFO",
            },
        )
        suppress(self.function, "Serverless-LambdaDLQ")
        if shared.is_traced:
            self._trace()
        else:
            suppress(self.function, "Serverless-LambdaTracing")

    def _create_role(self, statements: Sequence[iam.PolicyStatement], *, is_traced: bool) -> iam.Role:
        log = allow(self.log_group.log_group_arn, "logs:CreateLogStream", "logs:PutLogEvents")
        traces = [trace_statement()] if is_traced else []
        return create_role(self, "lambda.amazonaws.com", [*statements, log, *traces], self._permissions)

    def _trace(self) -> None:
        """Switches tracing on at the L1 function, because the L2 property adds a policy that is not on the page of permissions."""
        resource = cast(lambda_.CfnFunction, self.function.node.default_child)
        resource.tracing_config = lambda_.CfnFunction.TracingConfigProperty(mode="Active")
        suppress(self.role, "AwsSolutions-IAM5[Resource::*]")

    def change_settings(self, **values: str) -> None:
        """Replaces values of settings, each by its name, for a feature that is created later. Raises KeyError for an unknown one."""
        for name, value in values.items():
            self.function.add_environment(variable_name(name), value)

    def allow(self, statements: Sequence[iam.PolicyStatement]) -> None:
        """Adds permissions to the inline policy of the role, for a feature that is created later."""
        self._permissions.add_statements(*statements)

    def read_from(
        self,
        queue: sqs.Queue,
        id: str = "Messages",
        *,
        batch_size: int = 10,
        max_concurrency: int,
        window: cdk.Duration | None = None,
    ) -> None:
        """Invokes the function with batches of messages, up to `max_concurrency` (2 to 1,000) at a time.

        With a `window`, messages are gathered for at most that time, and the function fails for all of them or for none.

        Only failed messages are retried. `id` names the mapping. Each queue of one function has another.

        The maximum is one of the mapping, and no function reserves concurrency: a reservation must leave 100 of the
        account's concurrency unreserved, so that it cannot be deployed to a new account, which may have 10.
        https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
        """
        mapping = self.function.add_event_source_mapping(
            id,
            event_source_arn=queue.queue_arn,
            batch_size=batch_size,
            max_concurrency=max_concurrency,
            max_batching_window=window,
            report_batch_item_failures=window is None,
        )
        suppress(mapping, "Serverless-LambdaEventSourceMappingDestination")

    def run_every(self, period: cdk.Duration) -> None:
        """Invokes the function on a schedule. A failed or duplicate invocation does no harm."""
        rule = events.Rule(
            self,
            "Schedule",
            schedule=events.Schedule.rate(period),
            targets=[targets.LambdaFunction(self.function)],
        )
        suppress(rule, "Serverless-EventBusDLQ")
