"""Timeouts of the functions that every deployment has, and the period of the sweeps."""

import aws_cdk as cdk

from functions.domain.effects import LEASE, PURGE_LEASE
from functions.domain.slices import PERIOD, SLICE_LEASE
from infra.durations import to_duration

# A function that works under a lease times out with it, so that no lease outlasts its holder by much.
TIMEOUTS = {
    # API Gateway's integration timeout is 30 s. `complete` waits for S3 almost as long before it returns 202.
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
    "uploads": cdk.Duration.seconds(29),
    "documents": cdk.Duration.seconds(10),
    # Lambda's maximum. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    "pipeline": to_duration(LEASE),
    "sweeps": to_duration(SLICE_LEASE),
    "purge": to_duration(PURGE_LEASE),
}
SWEEP_PERIOD = to_duration(PERIOD)
