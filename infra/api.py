"""The HTTP API: its routes, which come from `functions/http/routes.py`, its authorizer, limits and access log."""

import json
from collections.abc import Container, Mapping, Sequence
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from functions.http.route import RATE_LIMIT_HEADERS, Route
from functions.http.routes import ROUTES
from infra.cors import merge_headers
from infra.nag import suppress
from infra.names import construct_name
from infra.throttles import Throttles

# Neither path (it contains ids), query nor headers, so that nothing in the log can be used to call the API. CloudWatch adds
# the time.
_ACCESS_LOG = {
    **{
        name: name
        for name in (
            "requestId",
            "routeKey",
            "status",
            "responseLatency",
            "integrationLatency",
            "integrationStatus",
            "error.responseType",
            "authorizer.error",
        )
    },
    # The caller. Both are data about a person, so docs/operations.md says how long they are kept.
    "sub": "authorizer.claims.sub",
    "ip": "identity.sourceIp",
}
"""Key in a line -> variable of API Gateway."""
_ALLOWED_HEADERS = ("authorization", "content-type", "idempotency-key", "if-match", "if-none-match")
_PUBLIC_ID = {"documents": "Docs", "manifests": "KeySet"}
"""Function -> construct id of the integration of its public routes."""


class Api(Construct):
    """An HTTP API. It has the routes of `functions`, those with an option only if that is one of `options`.

    Every route needs a token that `authorizer` accepts, with one of `scopes`, except the public routes."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        functions: Mapping[str, lambda_.Function],
        authorizer: authorizers.HttpJwtAuthorizer,
        scopes: Sequence[str],
        web_origins: Sequence[str],
        allow_headers: Sequence[str],
        removal_policy: cdk.RemovalPolicy,
        throttles: Throttles,
        key: kms.IKey | None,
        options: Container[str],
    ) -> None:
        super().__init__(scope, id)
        self.api = apigateway.HttpApi(
            self,
            "HttpApi",
            api_name=cdk.Stack.of(self).stack_name,
            cors_preflight=_cors(web_origins, allow_headers),
            create_default_stage=False,
            # Every route names its authorizer. This default protects a route that does not.
            default_authorizer=authorizer,
        )
        stage = apigateway.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(
                rate_limit=throttles.stage.rate, burst_limit=throttles.stage.burst
            ),
        )
        self.url = stage.url
        self._log_access(stage, removal_policy, key)
        served = [route for route in ROUTES if route.option is None or route.option in options]
        added = [
            route
            for name, function in functions.items()
            for route in self._add_routes_of(name, function, served, authorizer, scopes)
        ]
        _limit_routes(stage, served, added, throttles)

    def _log_access(
        self, stage: apigateway.HttpStage, removal_policy: cdk.RemovalPolicy, key: kms.IKey | None
    ) -> None:
        """Sets the log on the L1 stage, because the L2 property needs a class that implements a JavaScript interface."""
        self.access_log = group = logs.LogGroup(
            self,
            "AccessLog",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=removal_policy,
            encryption_key=key,
        )
        resource = cast(apigateway.CfnStage, stage.node.default_child)
        resource.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=group.log_group_arn,
            format=json.dumps(
                {key: f"$context.{name}" for key, name in _ACCESS_LOG.items()}, separators=(",", ":")
            ),
        )

    def _add_routes_of(
        self,
        name: str,
        function: lambda_.Function,
        served: Sequence[Route],
        authorizer: apigateway.IHttpRouteAuthorizer,
        scopes: Sequence[str],
    ) -> list[apigateway.HttpRoute]:
        """Adds the served routes of a function. The public ones need no token."""
        own = [route for route in served if route.function == name]
        public = [route for route in own if route.is_public]
        protected = [route for route in own if not route.is_public]
        added = (
            self._add_routes(_PUBLIC_ID[name], function, public, apigateway.HttpNoneAuthorizer(), ())
            if public
            else []
        )
        for route in added:
            suppress(route, "AwsSolutions-APIG4")
        return [*self._add_routes(construct_name(name), function, protected, authorizer, scopes), *added]

    def _add_routes(
        self,
        id: str,
        function: lambda_.Function,
        routes: Sequence[Route],
        authorizer: apigateway.IHttpRouteAuthorizer,
        scopes: Sequence[str],
    ) -> list[apigateway.HttpRoute]:
        integration = integrations.HttpLambdaIntegration(id, function)
        return [
            added
            for route in routes
            for added in self.api.add_routes(
                path=route.path,
                methods=[apigateway.HttpMethod[method] for method in route.methods],
                integration=integration,
                authorizer=authorizer,
                authorization_scopes=list(scopes) or None,
            )
        ]


def _limit_routes(
    stage: apigateway.HttpStage,
    served: Sequence[Route],
    added: Sequence[apigateway.HttpRoute],
    throttles: Throttles,
) -> None:
    """Sets the limits of single routes. The stage is created after the routes, because it must name existing ones."""
    limits = {key: limit for route in served if (limit := throttles.of_route(route)) for key in route.keys}
    resource = cast(apigateway.CfnStage, stage.node.default_child)
    resource.route_settings = {
        key: {"ThrottlingRateLimit": limit.rate, "ThrottlingBurstLimit": limit.burst}
        for key, limit in limits.items()
    }
    stage.node.add_dependency(*added)


def _cors(web_origins: Sequence[str], more_headers: Sequence[str]) -> apigateway.CorsPreflightOptions:
    methods = sorted({method for route in ROUTES for method in route.methods})
    headers = {name.lower() for route in ROUTES for success in route.success for name in success.all_headers}
    headers |= {name.lower() for name in RATE_LIMIT_HEADERS}
    return apigateway.CorsPreflightOptions(
        allow_origins=list(web_origins),
        allow_methods=[apigateway.CorsHttpMethod[method] for method in methods],
        allow_headers=merge_headers(_ALLOWED_HEADERS, more_headers),
        expose_headers=sorted(headers),
        max_age=cdk.Duration.hours(1),
    )
