"""The control routes under `/_test`: tokens, clock, faults, sweeps, events, and the tasks of steps. Bodies are JSON."""

import json
import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wrappers import Request, Response

from airlock_testing.service.faults import Fault, ScanVerdict
from airlock_testing.service.service import Service

PREFIX = "/_test"
_LONGEST_WAIT = 60.0
_MAX_COUNT = 1_000_000

Choice = TypeVar("Choice", bound=StrEnum)
Body = dict[str, Any]


class Control:
    """A WSGI application that serves `/_test` itself and passes everything else to `api`.

    A body that cannot be followed is a 400 with `error`, so that a test with a mistake in it fails at that line.
    """

    def __init__(self, service: Service, api: WSGIApplication) -> None:
        self._service = service
        self._api = api
        self._operations: list[tuple[str, str, Callable[..., Any]]] = [
            ("POST", "/tokens", self._issue_token),
            ("GET", "/issuer/.well-known/jwks.json", lambda _: service.issuer.key_set()),
            ("GET", "/issuer/.well-known/openid-configuration", lambda _: service.issuer.discovery()),
            ("GET", "/clock", lambda _: self._show_clock()),
            ("POST", "/clock", self._move_clock),
            ("POST", "/faults", self._inject),
            ("DELETE", "/faults", lambda _: service.faults.clear()),
            ("GET", "/events", lambda _: {"events": service.bus.list_events()}),
            ("POST", "/sweep", lambda _: {"outcomes": service.sweep()}),
            ("POST", "/idle", self._wait_until_idle),
            ("POST", "/reset", lambda _: service.reset()),
            ("GET", r"/steps/(?P<step>[^/]+)/tasks", self._list_tasks),
            ("POST", r"/steps/(?P<step>[^/]+)/results", self._send_result),
        ]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not f"{environ['PATH_INFO']}/".startswith(f"{PREFIX}/"):
            return self._api(environ, start_response)
        return self._respond(Request(environ))(environ, start_response)

    def _respond(self, request: Request) -> Response:
        path = request.path.removeprefix(PREFIX)
        for method, pattern, operation in self._operations:
            if method == request.method and (match := re.fullmatch(pattern, path)):
                try:
                    return _to_response(200, operation(_read_body(request), **match.groupdict()))
                except (ValueError, TypeError, KeyError) as error:
                    return _to_response(400, {"error": str(error)})
        return _to_response(404, {"error": f"no control route {request.method} {request.path}"})

    def _issue_token(self, body: Body) -> Body:
        known = _only(body, "user", "lifetime", "claims")
        lifetime = timedelta(seconds=known.get("lifetime", 3_600))
        user, claims = str(known.get("user", "alice")), dict(known.get("claims", {}))
        return {"token": self._service.issuer.issue(user, lifetime, claims)}

    def _show_clock(self) -> Body:
        return {"now": self._service.clock.now().isoformat()}

    def _move_clock(self, body: Body) -> Body:
        self._service.move_clock(timedelta(seconds=float(_only(body, "seconds")["seconds"])))
        return self._show_clock()

    def _inject(self, body: Body) -> None:
        """`fault` and `calls` (null: until a reset), `scan` and `scans`, or `delay` in seconds and `events`."""
        faults = self._service.faults
        if "scan" in body:
            known = _only(body, "scan", "scans")
            faults.inject_verdict(_choose(ScanVerdict, known["scan"]), _count(known.get("scans")))
        elif "delay" in body:
            known = _only(body, "delay", "events")
            faults.inject_delay(timedelta(seconds=float(known["delay"])), _count(known.get("events", 1)) or 1)
        else:
            known = _only(body, "fault", "calls")
            faults.inject(_choose(Fault, known.get("fault")), _count(known.get("calls")))

    def _wait_until_idle(self, body: Body) -> Body:
        timeout = min(float(_only(body, "timeout").get("timeout", 10)), _LONGEST_WAIT)
        return {"idle": self._service.wait_until_idle(timeout)}

    def _list_tasks(self, _: Body, step: str) -> Body:
        self._check_step(step)
        return {"tasks": self._service.list_tasks(step)}

    def _send_result(self, body: Body, step: str) -> None:
        self._check_step(step)
        self._service.send_result(step, json.dumps(body))

    def _check_step(self, step: str) -> None:
        if step not in self._service.steps:
            raise ValueError(
                f"no kind lists a step {step!r}; there are {', '.join(self._service.steps) or 'none'}"
            )


def _read_body(request: Request) -> Body:
    text = request.get_data()
    body = json.loads(text) if text else {}
    if not isinstance(body, dict):
        raise ValueError("the body is a JSON object")  # noqa: TRY004 - one error type for every bad body
    return body


def _only(body: Body, *names: str) -> Body:
    unknown = sorted(body.keys() - set(names))
    if unknown:
        raise ValueError(f"unknown field {', '.join(unknown)}; known are {', '.join(names)}")
    return body


def _choose(choices: type[Choice], value: object) -> Choice:
    try:
        return choices(str(value))
    except ValueError:
        raise ValueError(f"{value!r} is none of {', '.join(choices)}") from None


def _count(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MAX_COUNT:
        raise ValueError(f"{value!r} is not a number of calls from 1")
    return value


def _to_response(status: int, content: Any) -> Response:
    return Response(
        json.dumps(content if content is not None else {}), status, content_type="application/json"
    )
