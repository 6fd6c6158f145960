"""S3 behind the protocols of `functions.domain.storage`, with boto3."""
