"""The KMS key of the deployment (`-c kms=true`), for bucket, table, queues, logs and alarms. By default AWS-owned keys
encrypt them.

The key policy delegates to the IAM policies of the account, so `permissions.py` decides who may use the key.
"""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.context import Deployment

DECRYPT = ("kms:Decrypt",)
WRITE = ("kms:GenerateDataKey", "kms:Decrypt")
"""S3 requires both for a multipart upload, SQS requires both to send a message.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
"""


class Encryption(Construct):
    """`key` is rotated every year. While it is disabled, nothing can be read; after its deletion, nothing ever again."""

    def __init__(self, scope: Construct, id: str, *, removal_policy: cdk.RemovalPolicy) -> None:
        super().__init__(scope, id)
        stack = cdk.Stack.of(self)
        self.key = kms.Key(
            self,
            "Key",
            description=f"Documents, records, messages and logs of {stack.stack_name}",
            enable_key_rotation=True,
            removal_policy=removal_policy,
        )
        self.key.add_to_resource_policy(_allow_logs(stack))
        self.key.add_to_resource_policy(_allow_alarms(stack))
        # Not scoped to the bucket, because that is a circular dependency: bucket -> queue -> key.
        self.key.add_to_resource_policy(
            allow_to_send(
                self.key,
                "s3.amazonaws.com",
                sources=f"arn:{stack.partition}:s3:::*",
                sid="AllowS3ToSendToEncryptedQueue",
            )
        )


def create_encryption(
    scope: Construct, deployment: Deployment, removal_policy: cdk.RemovalPolicy
) -> kms.IKey | None:
    """Creates the key, if the deployment has one."""
    return Encryption(scope, "Encryption", removal_policy=removal_policy).key if deployment.has_key else None


def _allow_logs(stack: cdk.Stack) -> iam.PolicyStatement:
    """Allows CloudWatch Logs to encrypt the log groups of the stack, whose names CloudFormation begins with that of the stack.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    groups = f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group:{stack.stack_name}-*"
    return iam.PolicyStatement(
        sid="AllowLogs",
        principals=[iam.ServicePrincipal(f"logs.{stack.region}.{stack.url_suffix}")],
        actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        resources=["*"],
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    )


def _allow_alarms(stack: cdk.Stack) -> iam.PolicyStatement:
    """Allows alarms of the account to publish to the encrypted topic.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    return iam.PolicyStatement(
        sid="AllowAlarmsToPublishToEncryptedTopic",
        principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions=list(WRITE),
        resources=["*"],
        conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
    )


def allow_to_send(key: kms.IKey, service: str, *, sources: str, sid: str) -> iam.PolicyStatement:
    """Returns the statement of the key policy with which a service sends messages of `sources`, an ARN, to encrypted queues."""
    return iam.PolicyStatement(
        sid=sid,
        principals=[iam.ServicePrincipal(service)],
        actions=list(WRITE),
        resources=["*"],
        conditions={
            "StringEquals": {"aws:SourceAccount": cdk.Stack.of(key).account},
            "ArnLike": {"aws:SourceArn": sources},
        },
    )


def allow_rules_to_send(key: kms.IKey) -> None:
    """Allows all rules of EventBridge in the account to send messages to encrypted queues.

    Naming a rule is a circular dependency: rule -> queue -> key. CDK writes the statement once, however often it is added.
    """
    rules = cdk.Stack.of(key).format_arn(service="events", resource="rule", resource_name="*")
    key.add_to_resource_policy(
        allow_to_send(key, "events.amazonaws.com", sources=rules, sid="AllowRulesToSendToEncryptedQueue")
    )


def allow_via_service(key: kms.IKey, service: str, *actions: str) -> iam.PolicyStatement:
    """Returns a statement that allows these actions within requests to `service`, such as `s3`, and no others."""
    stack = cdk.Stack.of(key)
    return iam.PolicyStatement(
        actions=list(actions),
        resources=[key.key_arn],
        conditions={
            "StringEquals": {"kms:ViaService": f"{service}.{stack.region}.{stack.url_suffix}"},
        },
    )
