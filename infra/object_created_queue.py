"""From S3 to a queue: a message for each object that appears in `staging/`."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from functions.domain.keys import STAGING
from infra.work_queue import WorkQueue


class ObjectCreatedQueue(WorkQueue):
    """The queue that wakes `pipeline`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket: s3.Bucket,
        visibility_timeout: cdk.Duration,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, id, visibility_timeout=visibility_timeout, key=key)
        self._let_s3_send()
        self._notify(bucket)

    def _let_s3_send(self) -> None:
        """Names the account, not the bucket: S3 checks this policy while the bucket is being made."""
        stack = cdk.Stack.of(self)
        self.queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="S3MaySend",
                principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[self.queue.queue_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": f"arn:{stack.partition}:s3:::*"},
                },
            )
        )

    def _notify(self, bucket: s3.Bucket) -> None:
        """On the L1 bucket: the L2 method adds a Lambda of CDK's own to do it."""
        resource = cast(s3.CfnBucket, bucket.node.default_child)
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            queue_configurations=[
                s3.CfnBucket.QueueConfigurationProperty(
                    event="s3:ObjectCreated:*",
                    queue=self.queue.queue_arn,
                    filter=s3.CfnBucket.NotificationFilterProperty(
                        s3_key=s3.CfnBucket.S3KeyFilterProperty(
                            rules=[s3.CfnBucket.FilterRuleProperty(name="prefix", value=STAGING)]
                        )
                    ),
                )
            ]
        )
        resource.node.add_dependency(self.queue.node.find_child("Policy"))
