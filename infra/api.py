"""The HTTP API: which route reaches which function, who may call, and how often."""

import json
from collections.abc import Sequence
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.nag import suppress

_UPLOADS = (
    "POST /documents",
    "GET /documents/{id}/parts",
    "POST /documents/{id}/parts",
    "POST /documents/{id}/complete",
    "POST /documents/{id}/abort",
)
_DOCUMENTS = (
    "GET /documents",
    "GET /documents/{id}",
    "GET /documents/{id}/download",
    "GET /documents/{id}/content",
    "DELETE /documents/{id}",
    "POST /documents/{id}/restore",
)
_PUBLIC = ("GET /openapi.json", "GET /docs")
# No path (it holds ids), no query, no header: nothing here can be used to call anything. And no time: CloudWatch has it.
_ACCESS_LOG = (
    "requestId",
    "routeKey",
    "status",
    "responseLatency",
    "integrationLatency",
    "integrationStatus",
    "error.responseType",
    "authorizer.error",
)


class Api(Construct):
    """Every route needs a token that `authorizer` accepts, with one of `scopes`; the docs do not.

    `rate` (requests a second) and `burst` are for all callers together: an HTTP API has no limit per client.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        uploads: lambda_.Function,
        documents: lambda_.Function,
        authorizer: authorizers.HttpJwtAuthorizer,
        scopes: Sequence[str],
        web_origins: Sequence[str],
        removal_policy: cdk.RemovalPolicy,
        rate: int = 50,
        burst: int = 100,
    ) -> None:
        super().__init__(scope, id)
        self.api = apigateway.HttpApi(
            self,
            "HttpApi",
            api_name=cdk.Stack.of(self).stack_name,
            cors_preflight=_cors(web_origins),
            create_default_stage=False,
            # Every route says its own, so this is for one that forgets to.
            default_authorizer=authorizer,
        )
        stage = apigateway.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(rate_limit=rate, burst_limit=burst),
        )
        self.url = stage.url
        self._log_access(stage, removal_policy)
        self._route("Uploads", uploads, _UPLOADS, authorizer, scopes)
        self._route("Documents", documents, _DOCUMENTS, authorizer, scopes)
        self._publish_docs(documents)

    def _log_access(self, stage: apigateway.HttpStage, removal_policy: cdk.RemovalPolicy) -> None:
        """On the L1 stage: the L2 property wants an interface that Python would have to implement."""
        group = logs.LogGroup(
            self, "AccessLog", retention=logs.RetentionDays.ONE_MONTH, removal_policy=removal_policy
        )
        resource = cast(apigateway.CfnStage, stage.node.default_child)
        resource.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=group.log_group_arn,
            format=json.dumps({name: f"$context.{name}" for name in _ACCESS_LOG}, separators=(",", ":")),
        )

    def _publish_docs(self, documents: lambda_.Function) -> None:
        for route in self._route("Docs", documents, _PUBLIC, apigateway.HttpNoneAuthorizer(), ()):
            suppress(route, "AwsSolutions-APIG4")

    def _route(
        self,
        id: str,
        function: lambda_.Function,
        routes: Sequence[str],
        authorizer: apigateway.IHttpRouteAuthorizer,
        scopes: Sequence[str],
    ) -> list[apigateway.HttpRoute]:
        integration = integrations.HttpLambdaIntegration(id, function)
        return [
            made
            for method, path in (route.split() for route in routes)
            for made in self.api.add_routes(
                path=path,
                methods=[apigateway.HttpMethod[method]],
                integration=integration,
                authorizer=authorizer,
                authorization_scopes=list(scopes) or None,
            )
        ]


def _cors(web_origins: Sequence[str]) -> apigateway.CorsPreflightOptions:
    method = apigateway.CorsHttpMethod
    return apigateway.CorsPreflightOptions(
        allow_origins=list(web_origins),
        allow_methods=[method.GET, method.POST, method.DELETE],
        allow_headers=["authorization", "content-type", "idempotency-key", "if-none-match"],
        expose_headers=["etag", "retry-after", "location"],
        max_age=cdk.Duration.hours(1),
    )
