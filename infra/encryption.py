"""A key of the deployment's own (`-c kms=true`), for bucket, table and queues; without it AWS's own keys serve.

The key's policy lets the account's IAM policies decide, so who may use it for what stands in permissions.py.
"""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

DECRYPT = ("kms:Decrypt",)
WRITE = ("kms:GenerateDataKey", "kms:Decrypt")
"""S3 wants both to take an upload in parts, SQS to take a message.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
"""


class Encryption(Construct):
    """`key` is rotated every year. While it is disabled nothing can be read, and without it nothing ever again."""

    def __init__(self, scope: Construct, id: str, *, removal_policy: cdk.RemovalPolicy) -> None:
        super().__init__(scope, id)
        stack = cdk.Stack.of(self)
        self.key = kms.Key(
            self,
            "Key",
            description=f"Documents, records and messages of {stack.stack_name}",
            enable_key_rotation=True,
            removal_policy=removal_policy,
        )
        # It may not name the bucket: the bucket's notification needs the queue, and the queue the key.
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="S3MayTellAnEncryptedQueue",
                principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                actions=list(WRITE),
                resources=["*"],
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": f"arn:{stack.partition}:s3:::*"},
                },
            )
        )


def through(key: kms.IKey, service: str, *actions: str) -> iam.PolicyStatement:
    """The right to these actions as part of a request to `service`, such as `s3`, and in no other way."""
    stack = cdk.Stack.of(key)
    return iam.PolicyStatement(
        actions=list(actions),
        resources=[key.key_arn],
        conditions={
            "StringEquals": {"kms:ViaService": f"{service}.{stack.region}.{stack.url_suffix}"},
        },
    )
