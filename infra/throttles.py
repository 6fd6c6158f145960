"""The limits of the API, by which API Gateway throttles requests."""

from dataclasses import dataclass

from functions.http.route import Route
from infra.context import Deployment


@dataclass(frozen=True)
class Throttle:
    """A limit of requests: `rate` a second, and `burst` at once (the size of API Gateway's token bucket)."""

    rate: int
    burst: int

    def below(self, upper: "Throttle") -> "Throttle":
        """Returns this limit, where it is lower than `upper`, and `upper` elsewhere."""
        return Throttle(min(self.rate, upper.rate), min(self.burst, upper.burst))


@dataclass(frozen=True)
class Throttles:
    """The limits of the API: of the stage, of each route of batches, and of each route that needs no token.

    All callers share them, because an HTTP API has no limit per client. A lower limit of the stage lowers the others.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
    """

    stage: Throttle
    batches: Throttle
    public: Throttle

    def of_route(self, route: Route) -> Throttle | None:
        """Returns the limit of a single route, None for a route that has only the limit of the stage."""
        if route.is_public:
            return self.public.below(self.stage)
        return self.batches.below(self.stage) if route.is_batch else None

    @classmethod
    def of_deployment(cls, deployment: Deployment) -> "Throttles":
        return cls(
            stage=Throttle(deployment.request_rate, deployment.request_burst),
            batches=Throttle(deployment.batch_request_rate, deployment.batch_request_burst),
            public=Throttle(deployment.public_request_rate, deployment.public_request_burst),
        )
