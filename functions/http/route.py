"""The row of the route table (routes.py), and the types of its columns.

They are named tuples, because a dataclass takes ten times as long to define, and every start pays for it.
"""

from enum import Enum, auto
from typing import Literal, NamedTuple

from functions.domain.codes import Code

Function = Literal["uploads", "documents", "manifests", "tickets"]
Option = Literal["docs", "manifest", "push"]
"""An option of a deployment that has routes of its own."""

RATE_LIMIT_HEADERS = ("RateLimit-Policy", "RateLimit")
"""Headers of a 429 that describe the limits of the owner."""


class RequestBody(Enum):
    """Rule for the JSON body of a request."""

    IGNORED = auto()
    OPTIONAL = auto()
    REQUIRED = auto()


class Success(NamedTuple):
    """One successful response. `headers` are always sent, `optional_headers` in some cases."""

    status: int
    description: str
    headers: tuple[str, ...] = ()
    optional_headers: tuple[str, ...] = ()
    content_type: str = "application/json"

    @property
    def all_headers(self) -> tuple[str, ...]:
        return (*self.headers, *self.optional_headers)


_EVERY_ROUTE = (
    Code.TOKEN_USE_INVALID,
    Code.TENANT_MISSING,
    Code.EDGE_REQUIRED,
    Code.EDGE_THROTTLED,
    Code.INTERNAL_ERROR,
    Code.STORAGE_UNAVAILABLE,
    Code.BUSY,
)
_COUNTED: tuple[Function, ...] = ("uploads", "documents")
"""Functions that count the calls of an owner. The roles of the others have no right to."""
_MAX_BODY_BYTES = 128 * 1024
"""Maximum size of a body: 1,000 part numbers with their checksums need 82 kB."""

_WITH_ID = (Code.DOCUMENT_NOT_FOUND, Code.ROUTE_NOT_FOUND)
_FOR_MACHINES = (Code.ON_BEHALF_NOT_ALLOWED, Code.VALIDATION_FAILED)
_WITH_BODY = (
    Code.MALFORMED_JSON,
    Code.DUPLICATE_KEY,
    Code.PAYLOAD_TOO_LARGE,
    Code.UNSUPPORTED_MEDIA_TYPE,
    Code.VALIDATION_FAILED,
)


class Route(NamedTuple):
    """One operation. A GET stands for HEAD too. `function` is the Lambda function that serves it, `own_codes` the codes that only some routes have.

    The first entry of `success` is the response that the handler's annotation describes. A public route needs no token and
    is not part of the API description. Only deployments with `option` have the route; None: every deployment. A route for
    machines takes `onBehalfOf`. One request to a batch does the work of many, and its response has a result for each of them.
    """

    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    operation_id: str
    tag: str
    function: Function
    summary: str
    success: tuple[Success, ...]
    own_codes: tuple[Code, ...] = ()
    body: RequestBody = RequestBody.IGNORED
    max_body_bytes: int = _MAX_BODY_BYTES
    is_public: bool = False
    option: Option | None = None
    is_for_machines: bool = False
    is_batch: bool = False

    @property
    def key(self) -> str:
        """API Gateway's route key, such as `GET /documents/{id}`."""
        return f"{self.method} {self.path}"

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that API Gateway routes to the function: HEAD wherever there is GET (RFC 9110, 9.1)."""
        return ("GET", "HEAD") if self.method == "GET" else (self.method,)

    @property
    def keys(self) -> tuple[str, ...]:
        """API Gateway's route key of each method."""
        return tuple(f"{method} {self.path}" for method in self.methods)

    @property
    def codes(self) -> tuple[Code, ...]:
        """Every code that the operation can respond with."""
        with_id = _WITH_ID if "{id}" in self.path else ()
        with_body = () if self.body is RequestBody.IGNORED else _WITH_BODY
        machines = _FOR_MACHINES if self.is_for_machines else ()
        counted = (Code.TOO_MANY_CALLS,) if self.function in _COUNTED else ()
        codes = (*_EVERY_ROUTE, *counted, *with_id, *with_body, *machines, *self.own_codes)
        return () if self.is_public else tuple(dict.fromkeys(codes))
