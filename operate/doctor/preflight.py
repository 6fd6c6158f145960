"""Real CORS preflights, as a browser sends them from a page."""

from collections.abc import Iterator, Sequence

from operate.doctor.finding import Finding
from operate.http import Response, request

_FOREIGN = "https://foreign.invalid"
"""An origin that no deployment allows."""


def send_preflight(url: str, origin: str, method: str, headers: Sequence[str] | None = None) -> Response:
    """`origin` is that of a page, or a pattern of origins. `headers` are those that the page wants to send."""
    fields = {"origin": origin.replace("*", "any"), "access-control-request-method": method}
    if headers is not None:
        fields["access-control-request-headers"] = ",".join(headers)
    return request("OPTIONS", url, headers=fields)


def is_allowed(response: Response) -> bool:
    """Returns True for the response to a preflight that names an allowed origin."""
    return bool(response.headers.get("access-control-allow-origin"))


def check_foreign_origin(resource: str, url: str, method: str, purpose: str) -> Iterator[Finding]:
    """Sends the preflight of an origin that must not be allowed. `purpose` says what its pages could do."""
    if is_allowed(send_preflight(url, _FOREIGN, method)):
        problem = f"lets pages of any origin {purpose}, even {_FOREIGN}"
        yield Finding(resource, problem, "Set `webOrigins` to the origins of your pages, and deploy.")
