"""Adapters of S3 for the ports of `functions.domain.storage`, based on boto3."""
