"""SQS messages: batches with partial failures, and S3's event notifications. Shared by all functions behind a queue."""
