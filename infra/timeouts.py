"""Timeouts of the functions that every deployment has, and the period of the sweeps."""

import aws_cdk as cdk

TIMEOUTS = {
    # API Gateway's integration timeout is 30 s. `complete` waits for S3 almost as long before it returns 202.
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
    "uploads": cdk.Duration.seconds(29),
    "documents": cdk.Duration.seconds(10),
    # Lambda's maximum. Equal to the lease of a document that is processed.
    # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    "pipeline": cdk.Duration.minutes(15),
    # Equal to the lease of a slice.
    "sweeps": cdk.Duration.minutes(5),
    # Equal to the lease of a document that is purged.
    "purge": cdk.Duration.minutes(5),
}
SWEEP_PERIOD = cdk.Duration.minutes(15)
