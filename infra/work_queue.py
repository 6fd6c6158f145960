"""A queue that a function works off, and where the hopeless messages go."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.nag import suppress

_RECEIVES = 8


class WorkQueue(Construct):
    """The queue, and its dead letters, kept for 14 days (the longest SQS allows).

    A message comes back after `visibility_timeout`, the reader's own time limit: AWS advises six times that, but a
    second delivery does no harm here (a lease in the record decides), so a failed one may come back soon.
    """

    def __init__(
        self, scope: Construct, id: str, *, visibility_timeout: cdk.Duration, key: kms.IKey | None
    ) -> None:
        super().__init__(scope, id)
        encryption = sqs.QueueEncryption.KMS if key else None
        self.dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            enforce_ssl=True,
            encryption=encryption,
            encryption_master_key=key,
            retention_period=cdk.Duration.days(14),
        )
        suppress(self.dead_letters, "Serverless-SQSRedrivePolicy")
        self.queue = sqs.Queue(
            self,
            "Queue",
            enforce_ssl=True,
            encryption=encryption,
            encryption_master_key=key,
            visibility_timeout=visibility_timeout,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=_RECEIVES),
        )
