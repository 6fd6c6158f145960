"""Names by which the two stacks, the functions and `operate` find each other, so that no stack exports anything."""

SECRET_HEADER = "x-airlock-edge"  # noqa: S105 - the name of a header
"""Header that proves that CloudFront has sent a request."""
EDGE_REGION = "us-east-1"
"""Region of everything that CloudFront uses: the web ACL, the certificate, logs and metrics."""
ORIGIN_OUTPUT = "OriginHost"
"""Output of the main stack: the API's own host, which CloudFront calls."""
DISTRIBUTION_OUTPUT = "DistributionId"
"""Output of a main stack with `cdn`: the distribution that delivers documents."""


def edge_stack_name(stack: str) -> str:
    return f"{stack}-edge"


def secret_name(stack: str) -> str:
    """Returns the name of the secret that `operate edge-secret` creates in the Region of the stack, with a replica in us-east-1."""
    return f"{stack}/edge"


def acl_name(stack: str) -> str:
    """Returns the name of the web ACL, which is a dimension of its metrics."""
    return f"{stack}-api"
