"""Makes the fixtures of `tests/moto_account.py` available to the tests of the adapters."""

from tests.moto_account import aws, bucket, dynamodb_client, s3_client, table

__all__ = ["aws", "bucket", "dynamodb_client", "s3_client", "table"]
