"""The Regions that lack a service, compared with botocore's data (D3)."""

import boto3
import pytest

from infra.build import build
from infra.bundle import WITHOUT_BUNDLING
from infra.checks import ContextError, check_region
from infra.context import Deployment
from infra.regions import has_http_apis, has_user_pools

_BOTO = boto3.Session()
PARTITIONS = _BOTO.get_available_partitions()
ISSUER = {"oidcIssuer": "https://id.example.com", "oidcAudience": "web", "scopes": "files"}


@pytest.mark.parametrize("partition", PARTITIONS)
def test_the_regions_without_a_service_are_those_of_botocore(partition: str) -> None:
    user_pools, http_apis = (
        set(_BOTO.get_available_regions(service, partition)) for service in ("cognito-idp", "apigatewayv2")
    )
    for region in _BOTO.get_available_regions("s3", partition):
        assert has_user_pools(region) == (region in user_pools)
        assert has_http_apis(region) == (region in http_apis)


def test_a_region_without_user_pools_needs_an_issuer(tmp_path: object) -> None:
    with pytest.raises(ContextError, match="the Region cn-north-1 has no Cognito"):
        build(WITHOUT_BUNDLING, outdir=str(tmp_path), region="cn-north-1")
    check_region(Deployment.from_context(ISSUER), "cn-north-1")


def test_a_region_without_http_apis_is_refused() -> None:
    with pytest.raises(ContextError, match="us-isob-west-1 has no HTTP APIs"):
        check_region(Deployment.from_context(ISSUER), "us-isob-west-1")


@pytest.mark.parametrize("region", ["eu-central-1", "us-gov-west-1", "eusc-de-east-1"])
def test_other_regions_are_accepted(region: str) -> None:
    check_region(Deployment.from_context({}), region)
