"""CloudFront Functions on the viewer response, run by node.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
"""

import http
import json
import subprocess
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from edge_proxy.errors import TemplateError, error_page
from edge_proxy.headers import Headers
from edge_proxy.properties import Properties
from edge_proxy.stored_response import Response
from edge_proxy.template import Template
from edge_proxy.viewer_request import ViewerRequest

MAX_CODE = 10_240
"""Bytes of a function, https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions"""
_RUNNER = Path(__file__).with_name("functions.js")


@dataclass(frozen=True, slots=True)
class ViewerResponseFunction:
    """A function that changes status and headers of a response. `node` is the path of the interpreter."""

    code: str
    node: str

    def apply(self, request: ViewerRequest, response: Response) -> Response:
        """Returns the changed response. Raises EdgeError 503 for a function that fails.

        CloudFront runs none on a response with status 400 or higher.
        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
        """
        if response.status >= 400:
            return response
        changed = _Runner.start(self.code, self.node).run(_create_event(request, response))
        fields = changed["headers"].items()
        return Response(
            int(changed["statusCode"]),
            Headers((name, field["value"]) for name, field in fields),
            response.body,
        )


def read_functions(
    template: Template, behavior: Properties, node: str | None
) -> ViewerResponseFunction | None:
    """Returns the function of a behaviour. Raises TemplateError for other events, runtimes and association kinds."""
    found = []
    for item in behavior.items("FunctionAssociations"):
        with item:
            if (event := item.take("EventType")) != "viewer-response":
                raise TemplateError(f"{item.where}: {event} is not emulated")
            found.append(_read_code(template, item.take("FunctionARN")))
    if not found:
        return None
    if len(found) > 1 or node is None:
        raise TemplateError(f"{behavior.where}: one function, and the path of node to run it")
    return ViewerResponseFunction(found[0], node)


def _read_code(template: Template, arn: str) -> str:
    with (
        template.find("AWS::CloudFront::Function", arn) as resource,
        resource.nested("FunctionConfig") as config,
    ):
        config.ignore("Comment")
        if (runtime := config.take("Runtime")) != "cloudfront-js-2.0":
            raise TemplateError(f"{config.where}: the runtime {runtime} is not emulated")
        code: str = resource.take("FunctionCode")
        resource.ignore("Name", "AutoPublish")
    if len(code.encode()) > MAX_CODE:
        raise TemplateError(f"{resource.where}: a function has at most {MAX_CODE} bytes")
    return code


class _Runner:
    """A process of node that has loaded one function. It ends when this process ends, because its input closes then."""

    def __init__(self, code: str, node: str) -> None:
        self._lock = threading.Lock()
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([node, str(_RUNNER)], stdin=pipe, stdout=pipe, text=True)  # noqa: S603
        self.run(code)

    @staticmethod
    def start(code: str, node: str) -> "_Runner":
        """Returns the process for a function, which runs already or is started."""
        with _starting:
            return _create_runner(code, node)

    def run(self, value: Any) -> Any:
        """Returns what the function returns for an event. Raises EdgeError 503."""
        with self._lock:
            if self._process.stdin is None or self._process.stdout is None:
                raise error_page(503, "The function has no process.")
            print(json.dumps(value), file=self._process.stdin, flush=True)
            reply = json.loads(self._process.stdout.readline())
        if "result" not in reply:
            raise error_page(503, f"The CloudFront function failed: {reply['error']}")
        return reply["result"]


_starting = threading.Lock()
"""Held because a cache calls its function once for each of the threads that come at the same time."""


@cache
def _create_runner(code: str, node: str) -> _Runner:
    return _Runner(code, node)


def _create_event(request: ViewerRequest, response: Response) -> dict[str, Any]:
    """Returns the event with the members that its documentation lists. Names of headers are lower case."""
    parameters = ((name, pair.partition("=")[2]) for name, pair in request.parameters)
    return {
        "version": "1.0",
        "context": {"eventType": "viewer-response"},
        "viewer": {"ip": request.address},
        "request": {
            "method": request.method,
            "uri": request.path,
            "querystring": {name: {"value": value} for name, value in parameters},
            "headers": {
                name: {"value": value} for name, value in request.headers.items() if name != "cookie"
            },
            "cookies": {name: {"value": value} for name, value in request.cookies},
        },
        "response": {
            "statusCode": response.status,
            "statusDescription": http.HTTPStatus(response.status).phrase,
            "headers": {name.lower(): {"value": value} for name, value in response.headers},
            "cookies": {},
        },
    }
