"""DynamoDB and S3 behind the protocols of `functions.core.ports`; each translates only the errors it expects."""
