"""DynamoDB behind `functions.domain.repository`, without botocore, so that a function starts fast."""
