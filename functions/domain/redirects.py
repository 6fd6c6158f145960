"""The addresses to which S3 may send a browser after a form. Anything else would be an open redirect."""

import re
from collections.abc import Container

from functions.domain.codes import Code
from functions.domain.errors import InvalidInput

MAX_URL = 1_024

# Characters of RFC 3986, and no more: browsers read `\` as `/`, and S3 replaces `${filename}` in every field of a form. No
# user information, because `https://app.example.com@other.example` is on the other host. No fragment, because S3 appends its
# parameters to the end.
_URL = re.compile(
    r"(?P<origin>https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]+)?)(?:[/?][A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?"
)


def check_redirect(url: str | None, allowed: Container[str]) -> None:
    """Raises InvalidInput `redirect_not_allowed` for a URL whose origin is not allowed. None needs no permission."""
    if url is None:
        return
    found = _URL.fullmatch(url) if len(url) <= MAX_URL else None
    if found is None or _without_default_port(found["origin"]) not in allowed:
        raise InvalidInput(
            Code.REDIRECT_NOT_ALLOWED,
            "successRedirect is no URL, or its origin is not one of `redirectOrigins`.",
            field="successRedirect",
        )


def _without_default_port(origin: str) -> str:
    """Returns the origin as a browser writes it."""
    port = ":443" if origin.startswith("https:") else ":80"
    return origin.removesuffix(port)
