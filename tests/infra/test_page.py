"""The page of a deployment: nothing of it without the option, and with it a private bucket behind CloudFront."""

import json
from typing import Any

import pytest

from infra.checks import ContextError
from infra.context import Deployment
from tests.infra.conftest import Variant
from tests.infra.template import Synthesis, synthesise

ORIGIN = "https://${PageDistribution.DomainName}"
ISSUER = {"oidcIssuer": "https://id.example.com", "oidcAudience": "web", "scopes": "documents"}


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesise(tmp_path_factory.mktemp("page"), stage="prod", page="true", push="true", kms="true")


def read_headers(deployed: Synthesis) -> dict[str, Any]:
    config: dict[str, Any] = deployed.only("AWS::CloudFront::ResponseHeadersPolicy")[
        "ResponseHeadersPolicyConfig"
    ]
    return config


def test_nothing_of_it_exists_without_the_option(stack: Synthesis) -> None:
    assert not [name for name in stack.resources() if name.startswith("Page") or "BucketDeployment" in name]
    assert "CloudFront" not in stack.text


def test_the_bucket_is_read_by_the_distribution_alone(deployed: Synthesis) -> None:
    files = deployed.all("AWS::S3::Bucket")["PageFiles"]
    assert set(files["PublicAccessBlockConfiguration"].values()) == {True}
    statements = deployed.all("AWS::S3::BucketPolicy")["PageFilesPolicy"]["PolicyDocument"]["Statement"]
    [allowed] = [each for each in statements if each["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert allowed["Action"] == "s3:GetObject"
    assert "${PageDistribution}" in allowed["Condition"]["StringEquals"]["AWS:SourceArn"]


def test_the_distribution_serves_get_and_head_over_tls(deployed: Synthesis) -> None:
    config = deployed.only("AWS::CloudFront::Distribution")["DistributionConfig"]
    behavior = config["DefaultCacheBehavior"]
    assert behavior["ViewerProtocolPolicy"] == "redirect-to-https"
    assert behavior["AllowedMethods"] == ["GET", "HEAD"]
    assert config["DefaultRootObject"] == "index.html"
    assert config["Origins"][0]["OriginAccessControlId"]


def test_the_headers_forbid_what_no_page_needs(deployed: Synthesis) -> None:
    headers = read_headers(deployed)["SecurityHeadersConfig"]
    policy = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"].split("; ")
    names = {each.partition(" ")[0] for each in policy}
    assert names == {
        "script-src",
        "style-src",
        "object-src",
        "base-uri",
        "form-action",
        "frame-ancestors",
        "require-trusted-types-for",
    }
    assert "frame-ancestors 'none'" in policy
    assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000
    assert headers["FrameOptions"]["FrameOption"] == "DENY"
    assert {"ContentTypeOptions", "ReferrerPolicy"} <= headers.keys()


def test_its_origin_may_call_api_and_bucket_and_need_not_be_given(
    deployed: Synthesis, variant: Variant
) -> None:
    assert _read_cors(deployed) == ([ORIGIN], [ORIGIN])
    both = [app := "https://app.example.com", ORIGIN]
    given = variant(stage="prod", page="true", webOrigins=app)
    assert _read_cors(given) == (both, both)


def _read_cors(synthesis: Synthesis) -> tuple[list[str], list[str]]:
    """Returns the origins that may call the API, and those that may call the bucket."""
    [api] = [each for name, each in synthesis.all("AWS::ApiGatewayV2::Api").items() if name == "ApiHttpApi"]
    [rule] = synthesis.all("AWS::S3::Bucket")["StorageBucket"]["CorsConfiguration"]["CorsRules"]
    return api["CorsConfiguration"]["AllowOrigins"], rule["AllowedOrigins"]


def test_page_and_config_name_the_resources_of_the_deployment(deployed: Synthesis) -> None:
    deployment = deployed.only("Custom::CDKBucketDeployment")
    markers = json.dumps(deployment["SourceMarkers"])
    for resource in ("ApiHttpApi", "UsersPoolWeb", "StorageBucket", "PushApi"):
        assert resource in markers
    assert deployment["RetainOnDelete"] is False
    assert deployment["SystemMetadata"] == {"cache-control": "no-cache"}
    assert deployed.outputs["PageUrl"] == ORIGIN


def test_it_is_deleted_with_the_stack(deployed: Synthesis) -> None:
    resources = deployed.resources()
    assert {resources[name]["DeletionPolicy"] for name in ("PageFiles", "PageLog")} == {"Delete"}


def test_it_needs_the_user_pool_of_the_stack() -> None:
    with pytest.raises(ContextError, match="page is for the stack's own user pool"):
        Deployment.from_context({"page": "true", **ISSUER})
