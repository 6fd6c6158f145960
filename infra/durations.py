"""Durations of CDK from times of the domain."""

from datetime import timedelta

import aws_cdk as cdk


def to_duration(time: timedelta) -> cdk.Duration:
    """Returns the same time, in whole seconds."""
    return cdk.Duration.seconds(int(time.total_seconds()))
