"""One Lambda function of the HTTP API: it registers handlers for rows of the route table and serves events with them."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.domain.codes import Code
from functions.domain.errors import AirlockError, TooMany, Unavailable
from functions.domain.viewer import Viewer, set_address
from functions.http import body, problems
from functions.http.callers import check_token, find_request_owner, identify
from functions.http.claims import read_actor, read_claims
from functions.http.log_lines import describe_viewer, log_problem, read_request_id
from functions.http.resolver import create_resolver, encode_long_body
from functions.http.route import Function, RequestBody, Route
from functions.http.routes import ROUTES
from functions.http.texts import Texts
from functions.log import logger

if TYPE_CHECKING:
    from functions.domain.audit_record import AuditLog
    from functions.domain.callers import Caller
    from functions.domain.edge import Edge
    from functions.services.calls import CallMeter

Event = dict[str, Any]
Handler = TypeVar("Handler", bound=Callable[..., Response[Any]])
Model = TypeVar("Model")

_HEADERS = {
    # Responses carry presigned URLs and records of one owner, so no cache may store them. The API description may override
    # this.
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class HttpFunction:
    """The function `name` of the route table. `owner_claim` returns the name of the claim that owns documents.

    `texts` are the sentences of the current request. `service_scope` returns the scope of machine tokens, empty for a
    deployment that accepts none. `audit_log` returns the way into the audit trail, `call_meter` the meter of the rate of
    calls, and `edge` the check of calls that CloudFront has not sent; each None for a deployment without it.
    """

    def __init__(
        self,
        name: Function,
        *,
        owner_claim: Callable[[], str],
        service_scope: Callable[[], str] = lambda: "",
        audit_log: "Callable[[], AuditLog | None]" = lambda: None,
        call_meter: "Callable[[], CallMeter | None]" = lambda: None,
        edge: "Callable[[], Edge | None]" = lambda: None,
    ) -> None:
        self.texts = Texts(None)
        self.app = create_resolver(lambda: self.texts)
        self.operations: set[str] = set()
        self._routes = {route.operation_id: route for route in ROUTES if route.function == name}
        self._by_key = {key: route for route in self._routes.values() for key in route.keys}
        self._owner_claim, self._service_scope = owner_claim, service_scope
        self._audit_log = audit_log
        self._call_meter = call_meter
        self._edge = edge

    def route(self, operation_id: str) -> Callable[[Handler], Handler]:
        """Returns a decorator that registers the handler of one row. Raises KeyError for a row of another function."""
        route = self._routes[operation_id]
        self.operations.add(operation_id)
        return self.app.route(
            route.path.replace("{", "<").replace("}", ">"),
            route.method,
            summary=route.summary,
            tags=[route.tag],
            operation_id=operation_id,
            status_code=route.success[0].status,
            response_description=route.success[0].description,
        )

    def caller(self, on_behalf_of: str | None = None) -> "Caller":
        """Returns the caller, from the claims that the gateway has verified. Raises as `identify` does."""
        return identify(self._claims(), self._owner_claim(), self._service_scope(), on_behalf_of)

    def owner_key(self) -> str:
        """Returns the key of a caller that acts for itself. Raises AirlockError."""
        return self.caller().owner

    def check_token(self) -> None:
        """Raises AirlockError for a token that names neither an owner nor a machine."""
        check_token(self._claims(), self._owner_claim(), self._service_scope())

    def actor(self) -> str | None:
        """Returns the user who sends the request, for the history of a document; None if the token names none."""
        return read_actor(self._claims())

    def log(self, message: str, **fields: object) -> None:
        """Logs a line about the request, with the id that the gateway's access log has too."""
        request_id = self.app.current_event.request_context.request_id
        viewer = describe_viewer(self.app.context.get("viewer"))
        logger.info(message, extra={**fields, "request_id": request_id, **viewer})

    def _claims(self) -> Mapping[str, Any]:
        return read_claims(self.app.current_event.raw_event)

    @property
    def is_head(self) -> bool:
        """True while a HEAD is served, with the handler of its GET."""
        return bool(self.app.context.get("is_head"))

    def serve(self, event: Event, context: LambdaContext) -> dict[str, Any]:
        """Returns the response to one event of API Gateway, payload format 2.0."""
        self.texts = Texts((event.get("headers") or {}).get("accept-language"))
        route = self._by_key.get(event.get("routeKey", ""))
        is_head = _method(event) == "HEAD"
        viewer, problem = self._identify(event)
        event = set_address(event, viewer)
        self.app.context.update(is_head=is_head, viewer=viewer)
        resolved = _with_method(event, "GET") if is_head else event
        response = (
            problem
            or self._reject_call(event, route)
            or self._reject_body(event, route)
            or self.app.resolve(resolved, context)
        )
        response = self._audit(event, route, response)
        response["headers"] = _HEADERS | self._language_headers(route) | response.get("headers", {})
        if response["statusCode"] >= HTTPStatus.BAD_REQUEST:
            log_problem(event, response, viewer)
        if is_head:
            # RFC 9110, 9.3.2: the headers of a GET, and no content.
            return response | {"body": "", "isBase64Encoded": False}
        encode_long_body(response)
        return response

    def _reject_call(self, event: Event, route: Route | None) -> dict[str, Any] | None:
        """Returns the problem of a call beyond the rate of its owner.

        A call that cannot be counted is served, and so is a token without an owner, which the handler refuses.
        """
        if route is None or route.is_public:
            return None
        try:
            if meter := self._call_meter():
                claims = self._owner_claim(), self._service_scope()
                owner = find_request_owner(event, route.operation_id, *claims)
                if owner:
                    meter.check(owner)
        except TooMany as error:
            return _serialize_problem(event, error, self.texts)
        except Exception as error:
            logger.error("crash", exc_info=error)
        return None

    def _language_headers(self, route: Route | None) -> dict[str, str]:
        """Returns what says that the response depends on the language of the user (RFC 9110, 8.5 and 12.5.5)."""
        if route is not None and route.is_public:
            return {}
        language = self.texts.language
        return {"Vary": "Accept-Language"} | ({"Content-Language": language} if language else {})

    def _identify(self, event: Event) -> "tuple[Viewer | None, dict[str, Any] | None]":
        """Returns the client behind CloudFront, if CloudFront has sent the request, or the problem of a call that it must send."""
        try:
            edge = self._edge()
            return edge.identify(event) if edge else None, None
        except AirlockError as error:
            return None, _serialize_problem(event, error, self.texts)
        except Exception as error:
            logger.error("crash", exc_info=error)
            return None, _serialize_problem(event, AirlockError(Code.INTERNAL_ERROR), self.texts)

    def _reject_body(self, event: Event, route: Route | None) -> dict[str, Any] | None:
        """Returns the problem of a bad body in the gateway's own format, because the resolver has not seen the event."""
        if route is None or route.body is RequestBody.IGNORED:
            return None
        try:
            body.check(event, required=route.body is RequestBody.REQUIRED, max_bytes=route.max_body_bytes)
        except AirlockError as error:
            return _serialize_problem(event, error, self.texts)
        return None

    def _audit(self, event: Event, route: Route | None, response: dict[str, Any]) -> dict[str, Any]:
        """Returns the response once the audit trail has what it says, and a problem without a URL if that fails."""
        if route is None or route.is_public:
            return response
        try:
            self._send_records(event, response, route.operation_id)
        except Unavailable as error:
            return _serialize_problem(event, error, self.texts)
        except Exception as error:
            logger.error("crash", exc_info=error)
            return _serialize_problem(event, AirlockError(Code.INTERNAL_ERROR), self.texts)
        return response

    def _send_records(self, event: Event, response: Mapping[str, Any], operation_id: str) -> None:
        """Sends what the audit trail is to say about a request. Raises Unavailable."""
        log = self._audit_log()
        if log is None:
            return
        # Imported here, because most deployments have no trail.
        from functions.http.audit import describe_request

        claims = self._owner_claim(), self._service_scope()
        records = describe_request(event, response, operation_id, *claims, log.records_reads)
        if records:
            log.send(records)


def _serialize_problem(event: Event, error: AirlockError, texts: Texts) -> dict[str, Any]:
    """Returns the problem of an error in the gateway's own format."""
    occurrence = problems.Occurrence(event.get("rawPath", ""), read_request_id(event), texts)
    problem = problems.render_error(error, occurrence)
    headers = {name: str(value) for name, value in problem.headers.items()}
    return {"statusCode": problem.status_code, "headers": headers, "body": problem.body}


def _method(event: Event) -> str:
    return str(event.get("requestContext", {}).get("http", {}).get("method", ""))


def _with_method(event: Event, method: str) -> Event:
    """Returns a copy of the event, as the gateway sends it for another method."""
    context = event["requestContext"]
    return event | {"requestContext": context | {"http": context["http"] | {"method": method}}}


def json_response(
    model: Model, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response[Model]:
    """Returns `model` as JSON; Powertools validates it against the handler's annotation."""
    return Response(
        status_code=int(status), content_type="application/json", body=model, headers=dict(headers or {})
    )
