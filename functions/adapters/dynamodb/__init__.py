"""Adapter of DynamoDB for `functions.domain.repository`. It does without botocore, so that functions start fast."""
