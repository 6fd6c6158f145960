"""SQS: batches and S3 notifications. What the functions behind a queue share."""
