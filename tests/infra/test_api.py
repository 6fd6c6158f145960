"""Routes, who may call them, from which pages and how often (T21)."""

import json
from typing import Any

from bench.flows import ACCESS_LINE, CALLER
from functions.http.routes import ROUTES
from tests.infra.conftest import Variant
from tests.infra.template import Synthesis

FUNCTIONS = {
    key: f"{route.function.title()}Function"
    for route in ROUTES
    if route.option not in ("manifest", "push")
    for key in route.keys
}
PUBLIC = {f"{method} {path}" for method in ("GET", "HEAD") for path in ("/openapi.json", "/docs")}


def routes(synthesis: Synthesis) -> dict[str, dict[str, Any]]:
    return {route["RouteKey"]: route for route in synthesis.all("AWS::ApiGatewayV2::Route").values()}


def test_each_route_reaches_its_function(stack: Synthesis) -> None:
    integrations = {
        f"integrations/${{{name}}}": integration["IntegrationUri"]
        for name, integration in stack.all("AWS::ApiGatewayV2::Integration").items()
    }
    reached = {key: integrations[route["Target"]] for key, route in routes(stack).items()}
    assert reached == {key: f"${{{function}.Arn}}" for key, function in FUNCTIONS.items()}


def test_functions_are_sent_payload_format_2(stack: Synthesis) -> None:
    for integration in stack.all("AWS::ApiGatewayV2::Integration").values():
        assert integration["PayloadFormatVersion"] == "2.0"


def test_only_the_docs_are_public(stack: Synthesis) -> None:
    public = {key for key, route in routes(stack).items() if route["AuthorizationType"] == "NONE"}
    assert public == PUBLIC
    for key, route in routes(stack).items():
        if key not in PUBLIC:
            assert route["AuthorizationType"] == "JWT"
            assert route["AuthorizerId"] == "${ApiHttpApiJwt}"


def test_a_deployment_may_serve_no_docs(variant: Variant) -> None:
    without = variant(docs="false")
    assert set(routes(without)) == set(FUNCTIONS) - PUBLIC
    assert {route["AuthorizationType"] for route in routes(without).values()} == {"JWT"}
    assert not set(limits(without)) & PUBLIC


def test_only_this_api_may_call_and_only_what_answers_it(stack: Synthesis) -> None:
    permissions = [
        permission
        for permission in stack.all("AWS::Lambda::Permission").values()
        if permission["Principal"] == "apigateway.amazonaws.com"
    ]
    assert {permission["FunctionName"] for permission in permissions} == {
        "${UploadsFunction.Arn}",
        "${DocumentsFunction.Arn}",
    }
    for permission in permissions:
        assert ":${ApiHttpApi}/" in permission["SourceArn"]


def test_no_route_catches_everything_because_it_would_swallow_preflights(stack: Synthesis) -> None:
    assert not [key for key in routes(stack) if "$default" in key or "ANY" in key or "{proxy+}" in key]


def test_pages_of_the_given_origins_may_call(prod: Synthesis) -> None:
    assert prod.only("AWS::ApiGatewayV2::Api")["CorsConfiguration"] == {
        "AllowOrigins": ["https://app.example.com"],
        "AllowMethods": ["DELETE", "GET", "HEAD", "PATCH", "POST"],
        "AllowHeaders": ["authorization", "content-type", "idempotency-key", "if-match", "if-none-match"],
        "ExposeHeaders": ["etag", "location", "ratelimit", "ratelimit-policy", "retry-after"],
        "MaxAge": 3600,
    }


def test_pages_may_send_further_headers_that_the_deployment_allows(variant: Variant) -> None:
    synthesis = variant(allowHeaders="X-Request-Id, traceparent,Content-Type")
    cors = synthesis.only("AWS::ApiGatewayV2::Api")["CorsConfiguration"]
    own = ["authorization", "content-type", "idempotency-key", "if-match", "if-none-match"]
    assert cors["AllowHeaders"] == [*own, "x-request-id", "traceparent"]
    (rule,) = synthesis.only("AWS::S3::Bucket")["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedHeaders"][-2:] == ["x-request-id", "traceparent"]
    assert "authorization" not in rule["AllowedHeaders"]


def limits(synthesis: Synthesis) -> dict[str, tuple[int, int]]:
    """Returns route key -> rate and burst; the key of the limit of the stage is `stage`."""
    stage = synthesis.only("AWS::ApiGatewayV2::Stage")
    settings = {"stage": stage["DefaultRouteSettings"], **stage["RouteSettings"]}
    return {
        key: (limit["ThrottlingRateLimit"], limit["ThrottlingBurstLimit"]) for key, limit in settings.items()
    }


def test_the_stage_its_batches_and_its_public_routes_are_throttled(stack: Synthesis) -> None:
    stage = stack.only("AWS::ApiGatewayV2::Stage")
    assert stage["StageName"] == "$default"
    assert stage["AutoDeploy"] is True
    assert limits(stack) == {
        "stage": (2_000, 1_000),
        "POST /documents/batch": (100, 200),
        "POST /documents/batch-delete": (100, 200),
        **dict.fromkeys(PUBLIC, (2, 20)),
    }


def test_the_defaults_are_below_the_quotas_of_every_region(stack: Synthesis) -> None:
    rate, burst = limits(stack)["stage"]
    assert rate <= 2_500
    assert burst <= 1_250


def test_a_deployer_sets_the_limits(variant: Variant) -> None:
    other = variant(
        requestRate=9_000,
        requestBurst="4000",
        batchRequestRate=300,
        batchRequestBurst=600,
        publicRequestRate=1,
        publicRequestBurst=2,
    )
    assert limits(other) == {
        "stage": (9_000, 4_000),
        "POST /documents/batch": (300, 600),
        "POST /documents/batch-delete": (300, 600),
        **dict.fromkeys(PUBLIC, (1, 2)),
    }


def test_a_lower_limit_of_the_stage_lowers_those_of_single_routes(variant: Variant) -> None:
    assert set(limits(variant(requestRate=1, requestBurst=7)).values()) == {(1, 7)}


def test_the_stage_is_created_after_the_routes_that_it_names(stack: Synthesis) -> None:
    resources = json.loads(stack.text)["Resources"]
    [stage] = [each for each in resources.values() if each["Type"] == "AWS::ApiGatewayV2::Stage"]
    created = {
        resources[id]["Properties"]["RouteKey"]
        for id in stage["DependsOn"]
        if "RouteKey" in resources[id]["Properties"]
    }
    assert set(stage["Properties"]["RouteSettings"]) <= created


def test_the_access_log_holds_no_path_no_query_and_no_header(stack: Synthesis) -> None:
    settings = stack.only("AWS::ApiGatewayV2::Stage")["AccessLogSettings"]
    assert settings["DestinationArn"] == "${ApiAccessLog.Arn}"
    logged = set(json.loads(settings["Format"]).values())
    assert {"$context.requestId", "$context.routeKey", "$context.status"} <= logged
    for word in ("path", "query", "header", "request.", "domain"):
        assert not [value for value in logged if word in value]


def test_the_access_log_names_user_and_address_and_no_other_claim(stack: Synthesis) -> None:
    line = json.loads(stack.only("AWS::ApiGatewayV2::Stage")["AccessLogSettings"]["Format"])
    assert (line["sub"], line["ip"]) == ("$context.authorizer.claims.sub", "$context.identity.sourceIp")
    assert [value for value in line.values() if "claims" in value] == ["$context.authorizer.claims.sub"]


def test_a_line_of_the_access_log_is_as_short_as_the_bill_says(stack: Synthesis) -> None:
    line = stack.only("AWS::ApiGatewayV2::Stage")["AccessLogSettings"]["Format"]
    longest = {
        "requestId": "JKJaXmPLvHcESHA=",
        "routeKey": "POST /documents/{id}/complete",
        "authorizer.claims.sub": "01936d6a-0000-7000-8000-000000000000",
        "identity.sourceIp": "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
    }
    for name in {value.removeprefix("$context.") for value in json.loads(line).values()}:
        # Three digits for a status or milliseconds, and "-" for an error that is none.
        line = line.replace(
            f'"$context.{name}"', json.dumps(longest.get(name, "-" if "." in name else "200"))
        )
    assert len(line) <= ACCESS_LINE + CALLER


def test_the_authorizer_takes_tokens_of_our_user_pool_for_our_client(stack: Synthesis) -> None:
    authorizer = stack.only("AWS::ApiGatewayV2::Authorizer")
    assert authorizer["AuthorizerType"] == "JWT"
    assert authorizer["IdentitySource"] == ["$request.header.Authorization"]
    assert authorizer["JwtConfiguration"] == {
        "Issuer": "${UsersPool.ProviderURL}",
        "Audience": ["${UsersPoolWeb}"],
    }


def test_with_an_issuer_given_no_user_pool_is_made(variant: Variant) -> None:
    other = variant(oidcIssuer="https://id.example.com/tenant", oidcAudience="web,desktop", scopes="files")
    assert other.only("AWS::ApiGatewayV2::Authorizer")["JwtConfiguration"] == {
        "Issuer": "https://id.example.com/tenant",
        "Audience": ["web", "desktop"],
    }
    assert scopes(other) == {key: ["files"] for key in set(FUNCTIONS) - PUBLIC}
    kinds = {resource["Type"] for resource in other.resources().values()}
    assert not [kind for kind in kinds if kind.startswith("AWS::Cognito::")]
    assert set(other.outputs) == {"AlarmTopic", "ApiUrl", "Bucket", "Table", "Issuer", "SweepsFunction"}


def scopes(synthesis: Synthesis) -> dict[str, list[str]]:
    return {
        key: route["AuthorizationScopes"]
        for key, route in routes(synthesis).items()
        if "AuthorizationScopes" in route
    }


def test_every_route_but_the_docs_wants_the_scope_that_only_our_pools_access_tokens_carry(
    stack: Synthesis,
) -> None:
    assert scopes(stack) == {key: ["aws.cognito.signin.user.admin"] for key in set(FUNCTIONS) - PUBLIC}


def test_other_scopes_may_be_given(variant: Variant) -> None:
    scoped = scopes(variant(scopes="airlock/use,airlock/admin"))
    assert scoped == {key: ["airlock/use", "airlock/admin"] for key in set(FUNCTIONS) - PUBLIC}


def test_users_are_invited_and_need_a_long_password(stack: Synthesis) -> None:
    pool = stack.only("AWS::Cognito::UserPool")
    assert pool["UserPoolTier"] == "ESSENTIALS"
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert pool["UsernameAttributes"] == ["email"]
    assert pool["Policies"]["PasswordPolicy"] == {
        "MinimumLength": 12,
        "RequireLowercase": True,
        "RequireUppercase": True,
        "RequireNumbers": True,
        "RequireSymbols": True,
    }
    assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("OPTIONAL", ["SOFTWARE_TOKEN_MFA"])


def test_a_user_cannot_change_the_address_that_recovers_the_password(stack: Synthesis) -> None:
    pool, client = stack.only("AWS::Cognito::UserPool"), stack.only("AWS::Cognito::UserPoolClient")
    assert client["WriteAttributes"] == ["locale"]
    # Cognito requires each attribute of the second list in the first one.
    assert pool["AutoVerifiedAttributes"] == ["email"]
    assert pool["UserAttributeUpdateSettings"] == {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    recovery = pool["AccountRecoverySetting"]["RecoveryMechanisms"]
    assert [each["Name"] for each in recovery] == ["verified_email"]


def test_the_browsers_client_has_no_secret_and_tells_nobody_who_has_an_account(stack: Synthesis) -> None:
    client = stack.only("AWS::Cognito::UserPoolClient")
    assert client["GenerateSecret"] is False
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert client["AllowedOAuthFlowsUserPoolClient"] is False
    assert set(client["ExplicitAuthFlows"]) == {
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
    }


def test_outputs_tell_a_client_what_it_needs(stack: Synthesis) -> None:
    assert stack.outputs == {
        "ApiUrl": "https://${ApiHttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/",
        "Bucket": "${StorageBucket}",
        "Table": "${DocumentTable}",
        "AlarmTopic": "${NotificationsTopic}",
        "Issuer": "${UsersPool.ProviderURL}",
        "ClientId": "${UsersPoolWeb}",
        "UserPoolId": "${UsersPool}",
        "SweepsFunction": "${SweepsFunction}",
    }
