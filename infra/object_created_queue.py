"""The queue of S3's `ObjectCreated` events: one message per object version in staging."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from functions.domain.keys import STAGING
from infra.queue_with_dead_letters import QueueWithDeadLetters


class ObjectCreatedQueue(QueueWithDeadLetters):
    """The queue that the `pipeline` function consumes. Adds the notification to the bucket."""

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
        self._allow_s3_to_send()
        self._notify(bucket)

    def _allow_s3_to_send(self) -> None:
        """Allows all buckets of the account, because S3 checks this policy before the bucket exists."""
        stack = cdk.Stack.of(self)
        self.queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowS3ToSend",
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
        """Configures the notification on the L1 bucket, because the L2 method adds a custom resource with a Lambda."""
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
