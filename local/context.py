"""The CDK context of the local stack: that of `cdk deploy -c`, and the origins of the pages on this machine."""

from collections.abc import Mapping, Sequence

from infra.checks import ContextError
from infra.context import Deployment
from local.aws import StartError

_ORIGINS = "webOrigins"
_MISSING = {
    "waf": "no CloudFront stands in front of the local API, and the functions would refuse every call that it has not sent. "
    "Leave waf out; what clients see of it is in docs/edge.md#the-rules",
    "page": "the local AWS cannot run the function with which CDK's BucketDeployment copies the page. Leave page out; the example "
    "page is served here anyway",
}
"""Setting -> why it is not accepted, and what to do."""


def parse_context(pairs: Sequence[str]) -> dict[str, str]:
    """Returns the values of `key=value` by key. Raises StartError for a text without `=` and for a key that is there twice."""
    context: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise StartError(f"--context {pair!r} is not key=value")
        if key in context:
            raise StartError(f"--context has {key} twice; a list is one value with commas")
        context[key] = value
    return context


def add_web_origins(context: Mapping[str, str], origins: Sequence[str]) -> dict[str, str]:
    """Returns the context with these origins in front of its own."""
    own = [origin.strip() for origin in context.get(_ORIGINS, "").split(",") if _ORIGINS in context]
    return {**context, _ORIGINS: ",".join(dict.fromkeys([*origins, *own]))}


def check_local(context: Mapping[str, str]) -> None:
    """Raises StartError for settings of which the local AWS lacks what they need."""
    for key, reason in _MISSING.items():
        if (value := context.get(key, "false")) != "false":
            raise StartError(f"{key}={value} is not accepted on this machine: {reason}")


def check_context(context: Mapping[str, str]) -> None:
    """Raises StartError for what `cdk deploy` rejects: an unknown key, or a value that is not accepted."""
    try:
        Deployment.from_context(context)
    except ContextError as error:
        raise StartError(f"invalid context: {error}") from error
