"""Regions and partitions that lack a service of the stack. Synthesis refuses them, because the deployment would fail.

Both lists follow botocore's data; tests/infra/test_regions.py compares them.
"""

WITHOUT_USER_POOLS = ("cn-", "us-iso-", "us-isob-", "eu-isoe-", "us-isof-")
"""Prefixes of the Regions that have no Cognito user pools."""

WITHOUT_HTTP_APIS = ("us-isob-west-", "us-isof-")
"""Prefixes of the Regions that have no HTTP APIs."""

WITHOUT_CLOUDFRONT = ("cn-", "us-gov-", "us-iso-", "us-isob-", "eu-isoe-", "us-isof-", "eusc-")
"""Prefixes of the Regions in whose partition CloudFront does not exist, or takes no certificate of us-east-1."""


def has_user_pools(region: str) -> bool:
    return not region.startswith(WITHOUT_USER_POOLS)


def has_http_apis(region: str) -> bool:
    return not region.startswith(WITHOUT_HTTP_APIS)


def has_cloudfront(region: str) -> bool:
    return not region.startswith(WITHOUT_CLOUDFRONT)


def has_edge(region: str) -> bool:
    """True in the partition `aws`, whose web ACLs of CloudFront are in us-east-1. Others have another Region for them, or none."""
    return not region.startswith(("cn-", "us-gov-", "us-iso", "eu-iso", "eusc-"))
