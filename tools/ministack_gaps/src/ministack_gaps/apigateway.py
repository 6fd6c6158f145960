"""HTTP APIs: CORS from a template, and a Lambda response without a body.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-apigatewayv2-api-cors.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from typing import Any

from ministack.services import apigateway, lambda_svc

from ministack_gaps.responses import Headers, Response

_upstream_cors_headers = apigateway._cors_response_headers
_upstream_preflight = apigateway._cors_preflight_response
_upstream_proxy_response = lambda_svc.lambda_execute_result_to_api_proxy_response


def install() -> None:
    """Replaces MiniStack's CORS responses and its reading of a Lambda proxy response."""
    apigateway._cors_response_headers = _cors_headers
    apigateway._cors_preflight_response = _preflight
    lambda_svc.lambda_execute_result_to_api_proxy_response = _proxy_response


def _cors_headers(configuration: dict[str, Any], origin: str) -> Headers:
    """Reads AllowOrigins as a template writes it; MiniStack stores that name but looks for allowOrigins."""
    return _upstream_cors_headers(_to_camel_case(configuration), origin)  # type: ignore[no-any-return]


def _preflight(configuration: dict[str, Any], origin: str) -> Response:
    return _upstream_preflight(_to_camel_case(configuration), origin)  # type: ignore[no-any-return]


def _to_camel_case(configuration: dict[str, Any]) -> dict[str, Any]:
    return {name[0].lower() + name[1:]: value for name, value in configuration.items()}


def _proxy_response(result: dict[str, Any]) -> tuple[dict[str, Any], None]:
    """Treats `"body": null` as an empty body, which a redirect has; MiniStack returns 500."""
    response, _ = _upstream_proxy_response(result)
    body = response.get("body")
    return response | {"body": "" if body is None else body}, None
