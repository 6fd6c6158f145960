"""The stack in us-east-1 and what it changes in the main one. tests/infra/test_web_acl.py has the rules."""

import json
from typing import Any

import pytest

from functions.domain.edge_names import SECRET_HEADER
from infra.checks import ContextError
from infra.context import Deployment
from tests.infra.conftest import Variant
from tests.infra.edge_context import CERTIFICATE, WAF
from tests.infra.policy import allowed_actions
from tests.infra.template import Synthesis

PUBLIC = {"/docs", "/openapi.json", "/.well-known/jwks.json"}
HTTP_FUNCTIONS = {"UploadsFunction", "DocumentsFunction", "ManifestsFunction", "PushTicketsFunction"}
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
OF_THE_EDGE = ("AWS::CloudFront::", "AWS::WAFv2::", "AWS::CertificateManager::")


@pytest.fixture(scope="module")
def edge(variant: Variant) -> Synthesis:
    return variant(**WAF, manifest="true", push="true", edgeSecretNumber="3")


def only(template: dict[str, Any], type_: str) -> dict[str, Any]:
    [found] = [each["Properties"] for each in template["Resources"].values() if each["Type"] == type_]
    return dict(found)


@pytest.fixture(scope="module")
def distribution(edge: Synthesis) -> dict[str, Any]:
    return dict(only(edge.edge, "AWS::CloudFront::Distribution")["DistributionConfig"])


def environment(synthesis: Synthesis) -> dict[str, str]:
    functions = synthesis.all("AWS::Lambda::Function")
    variables = {name: each["Environment"]["Variables"] for name, each in functions.items()}
    return {name: each["AIRLOCK_EDGE"] for name, each in variables.items() if "AIRLOCK_EDGE" in each}


def test_the_base_deployment_has_nothing_of_it(stack: Synthesis, variant: Variant) -> None:
    assert variant(waf="false").text == stack.text
    assert [path.name for path in stack.outdir.glob("*.template.json")] == ["Airlock-dev.template.json"]
    assert not [each for each in stack.resources().values() if each["Type"].startswith(OF_THE_EDGE)]
    assert environment(stack) == {}
    assert "secretsmanager" not in stack.text
    assert "OriginHost" not in stack.outputs


def test_the_main_stack_refers_to_nothing_of_the_edge(edge: Synthesis) -> None:
    """So a rollback or the removal of one stack cannot be stopped by the other."""
    main = json.loads(edge.text)
    for template in (main, edge.edge):
        assert not [name for name, each in template["Outputs"].items() if "Export" in each]
        assert "Fn::ImportValue" not in json.dumps(template)
        assert "Custom::" not in json.dumps(template)
    assert "Fn::GetStackOutput" not in edge.text
    assert not [each for each in main["Resources"].values() if each["Type"].startswith(OF_THE_EDGE)]


def test_the_edge_stack_is_in_us_east_1_and_reads_one_output_without_cdn(edge: Synthesis) -> None:
    manifest = json.loads((edge.outdir / "manifest.json").read_text())["artifacts"]
    assert manifest["Airlock-dev-edge"]["environment"] == "aws://unknown-account/us-east-1"
    assert "Airlock-dev" in manifest["Airlock-dev-edge"]["dependencies"]
    assert json.dumps(edge.edge).count("Fn::GetStackOutput") == 1
    origin = only(edge.edge, "AWS::CloudFront::Distribution")["DistributionConfig"]["Origins"][0]
    assert origin["DomainName"] == {
        "Fn::GetStackOutput": {"StackName": "Airlock-dev", "OutputName": "OriginHost"}
    }
    assert edge.outputs["OriginHost"]


def test_the_region_of_the_main_stack_is_named_if_it_is_known(tmp_path: Any) -> None:
    from infra.build import build
    from infra.bundle import WITHOUT_BUNDLING

    build({**WITHOUT_BUNDLING, **WAF}, outdir=str(tmp_path), region="eu-central-1").synth()
    origin = only(Synthesis(tmp_path).edge, "AWS::CloudFront::Distribution")["DistributionConfig"]["Origins"][
        0
    ]
    assert origin["DomainName"]["Fn::GetStackOutput"]["Region"] == "eu-central-1"


def test_cloudfront_sends_the_secret_by_a_reference_with_its_number(distribution: dict[str, Any]) -> None:
    [origin] = distribution["Origins"]
    assert origin["OriginCustomHeaders"] == [
        {
            "HeaderName": SECRET_HEADER,
            "HeaderValue": "{{resolve:secretsmanager:Airlock-dev/edge:SecretString:3}}",
        }
    ]
    custom = origin["CustomOriginConfig"]
    assert (custom["OriginProtocolPolicy"], custom["OriginSSLProtocols"]) == ("https-only", ["TLSv1.2"])
    assert custom["OriginReadTimeout"] > 30


def test_only_the_functions_of_the_api_check_it(edge: Synthesis) -> None:
    found = environment(edge)
    assert set(found) == HTTP_FUNCTIONS
    assert {json.dumps(json.loads(each)) for each in found.values()} == {
        '{"secret": "Airlock-dev/edge", "required": true}'
    }
    for name in HTTP_FUNCTIONS:
        role = {"ManifestsFunction": "ManifestsRole"}.get(name, name.removesuffix("Function") + "Role")
        assert "secretsmanager:GetSecretValue" in {
            each for actions in allowed_actions(edge, role).values() for each in actions
        }
    assert edge.text.count("secretsmanager:GetSecretValue") == len(HTTP_FUNCTIONS)
    assert "secret:Airlock-dev/edge-??????" in json.dumps(edge.resources())


def test_standby_serves_direct_calls_and_keeps_the_url(variant: Variant, stack: Synthesis) -> None:
    standby = variant(**{**WAF, "waf": "standby"})
    assert standby.outputs["ApiUrl"] == stack.outputs["ApiUrl"]
    assert {json.loads(each)["required"] for each in environment(standby).values()} == {False}
    assert standby.edge


def test_clients_get_the_url_of_the_edge(edge: Synthesis) -> None:
    assert edge.outputs["ApiUrl"] == "https://api.example.com"
    manifests = edge.all("AWS::Lambda::Function")["ManifestsFunction"]
    assert '"issuer":"https://api.example.com"' in manifests["Environment"]["Variables"]["AIRLOCK_MANIFEST"]


def test_nothing_but_public_routes_is_cached(edge: Synthesis, distribution: dict[str, Any]) -> None:
    default = distribution["DefaultCacheBehavior"]
    assert default["CachePolicyId"] == CACHING_DISABLED
    assert default["OriginRequestPolicyId"] == ALL_VIEWER_EXCEPT_HOST
    assert set(default["AllowedMethods"]) >= {"GET", "HEAD", "OPTIONS", "POST", "PATCH", "DELETE"}
    cached = {each["PathPattern"]: each for each in distribution["CacheBehaviors"]}
    assert set(cached) == PUBLIC
    for behavior in (default, *cached.values()):
        assert behavior["ViewerProtocolPolicy"] == "https-only"
    policy = only(edge.edge, "AWS::CloudFront::CachePolicy")["CachePolicyConfig"]
    parameters = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    behaviors = [parameters[f"{each}Config"] for each in ("Headers", "QueryStrings", "Cookies")]
    assert [next(iter(each.values())) for each in behaviors] == ["none", "none", "none"]
    assert (policy["MinTTL"], policy["DefaultTTL"]) == (0, 0)
    for behavior in cached.values():
        assert "OriginRequestPolicyId" not in behavior, "a token would reach the API, and its answer others"


def test_public_routes_have_cors_headers_unless_the_page_of_the_deployment_is_the_only_origin(
    edge: Synthesis, variant: Variant
) -> None:
    policy = only(edge.edge, "AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"]
    assert policy["CorsConfig"]["AccessControlAllowOrigins"]["Items"] != []
    with_page = variant(**WAF, page="true").edge["Resources"].values()
    assert not [each for each in with_page if each["Type"] == "AWS::CloudFront::ResponseHeadersPolicy"]


def test_no_error_of_the_api_is_cached(distribution: dict[str, Any]) -> None:
    errors = {each["ErrorCode"]: each["ErrorCachingMinTTL"] for each in distribution["CustomErrorResponses"]}
    assert set(errors.values()) == {0}
    assert {400, 403, 404, 500, 502, 503, 504} <= errors.keys()


def test_viewers_need_tls_1_2_and_the_certificate(distribution: dict[str, Any]) -> None:
    assert distribution["Aliases"] == ["api.example.com"]
    assert distribution["ViewerCertificate"]["AcmCertificateArn"] == CERTIFICATE
    assert distribution["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"


def test_the_log_of_cloudfront_has_the_client_and_neither_path_nor_query(edge: Synthesis) -> None:
    fields = set(only(edge.edge, "AWS::Logs::Delivery")["RecordFields"])
    assert {"c-ip", "x-edge-request-id", "sc-status"} <= fields
    assert not [field for field in fields if "uri" in field or "Cookie" in field or "Referer" in field]
    groups = [each for each in edge.edge["Resources"].values() if each["Type"] == "AWS::Logs::LogGroup"]
    assert {each["Properties"]["RetentionInDays"] for each in groups} == {30}
    assert {each["DeletionPolicy"] for each in groups} == {"Delete"}, "its fixed name must be free again"


def test_a_refused_value_is_counted_and_wakes_somebody(edge: Synthesis) -> None:
    filters = [each for name, each in edge.all("AWS::Logs::MetricFilter").items() if "EdgeGuard" in name]
    assert {each["FilterPattern"] for each in filters} == {'{ $.edge = "refused" }'}
    assert len(filters) == len(HTTP_FUNCTIONS)
    alarm = edge.all("AWS::CloudWatch::Alarm")["EdgeGuardRefused"]
    assert (alarm["MetricName"], alarm["Namespace"]) == ("RefusedEdgeSecrets", "Airlock-dev")


@pytest.mark.parametrize("missing", ["apiDomain", "apiCertificateArn"])
def test_a_domain_and_its_certificate_are_required(missing: str) -> None:
    context = {name: value for name, value in WAF.items() if name != missing}
    with pytest.raises(ContextError, match="waf requires apiDomain and apiCertificateArn"):
        Deployment.from_context(context)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("apiDomain", "https://api.example.com"),
        ("apiDomain", "localhost"),
        ("apiCertificateArn", CERTIFICATE.replace("us-east-1", "eu-west-1")),
        ("waf", "yes"),
        ("tokenRequests", "9"),
    ],
)
def test_other_values_are_refused(name: str, value: str) -> None:
    with pytest.raises(ContextError, match=name):
        Deployment.from_context({**WAF, name: value})


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "eusc-de-east-1"])
def test_a_partition_without_us_east_1_is_refused(tmp_path: Any, region: str) -> None:
    from infra.build import build

    issuer = {"oidcIssuer": "https://id.example.com", "oidcAudience": "web", "scopes": "documents"}
    with pytest.raises(ContextError, match="without a us-east-1"):
        build({**WAF, **issuer}, outdir=str(tmp_path), region=region)
