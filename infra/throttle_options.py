"""Options in CDK context: how many requests the API accepts from all callers together."""

from dataclasses import dataclass
from typing import Annotated

from functions.option_types import Number


@dataclass(frozen=True, kw_only=True)
class ThrottleOptions:
    """Limits of the stage, and of single routes."""

    # Neither has an upper bound here, because it is a quota of the account: by default 10,000 a second with bursts of 5,000,
    # in some Regions 2,500 and 1,250. The defaults are below all of them.
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
    request_rate: Annotated[
        int,
        Number(
            doc="Requests per second that the API accepts from all callers together, up to the quota of the account. More "
            "get status 429. A higher rate is a higher bill if somebody abuses the API.",
            unit="count",
        ),
    ] = 2_000
    request_burst: Annotated[
        int,
        Number(
            doc="Requests that the API accepts at once, above `requestRate`: the size of the token bucket.",
            unit="count",
        ),
    ] = 1_000
    batch_request_rate: Annotated[
        int,
        Number(
            doc="Requests per second to each route of batches, of up to 50 creates or 100 deletes a request. At most "
            "`requestRate` counts.",
            unit="count",
        ),
    ] = 100
    batch_request_burst: Annotated[
        int,
        Number(
            doc="Requests to each route of batches at once. At most `requestBurst` counts.",
            unit="count",
        ),
    ] = 200
    public_request_rate: Annotated[
        int,
        Number(
            doc="Requests per second to each route that needs no token: `/docs`, `/openapi.json` and `/.well-known/jwks.json`. At most `requestRate` "
            "counts.",
            unit="count",
        ),
    ] = 2
    public_request_burst: Annotated[
        int,
        Number(
            doc="Requests at once to each route that needs no token. At most `requestBurst` counts.",
            unit="count",
        ),
    ] = 20
