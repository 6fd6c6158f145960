"""An SQS queue with a dead-letter queue."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from functions.domain.lifetimes import MESSAGE_RETENTION
from infra.durations import to_duration
from infra.nag import suppress

# SQS's maximum. Our functions move a hopeless message to the dead letters by themselves (functions/messages/batch.py), so
# that neither an outage nor a crash of a whole batch uses up the deliveries of a message.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
MAX_RECEIVES = 1_000


class QueueWithDeadLetters(Construct):
    """A queue that one function consumes, and its dead-letter queue, which retains messages for `MESSAGE_RETENTION`.

    `visibility_timeout` is the timeout of the consumer. AWS recommends six times as much, but here a second delivery
    does no harm: a lease in the record decides which one works, or the work can be done twice. A short timeout retries a
    crash soon. After `max_receives` deliveries a message moves to the dead-letter queue.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        visibility_timeout: cdk.Duration,
        key: kms.IKey | None,
        max_receives: int = MAX_RECEIVES,
    ) -> None:
        super().__init__(scope, id)
        encryption = sqs.QueueEncryption.KMS if key else None
        self.dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            enforce_ssl=True,
            encryption=encryption,
            encryption_master_key=key,
            retention_period=to_duration(MESSAGE_RETENTION),
        )
        suppress(self.dead_letters, "Serverless-SQSRedrivePolicy")
        self.queue = sqs.Queue(
            self,
            "Queue",
            enforce_ssl=True,
            encryption=encryption,
            encryption_master_key=key,
            visibility_timeout=visibility_timeout,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=max_receives),
        )

    @property
    def urls(self) -> list[str]:
        """The URLs of both queues, as `functions.settings.Settings.consumed_queues` has them."""
        return [self.queue.queue_url, self.dead_letters.queue_url]
