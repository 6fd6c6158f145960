"""A finding of `doctor`, and what a check reads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from threading import Lock
from typing import Any

from operate.deployment import Deployment
from operate.template import Template, read_template


@dataclass(frozen=True)
class Finding:
    """A fault of a resource, and the remedy."""

    resource: str
    problem: str
    remedy: str


class Inspection:
    """The deployment under inspection, with its template and clients."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self._create = cache(deployment.client)
        self._lock = Lock()

    def client(self, service: str) -> Any:
        """Returns a client. boto3 must not create two at the same time."""
        with self._lock:
            return self._create(service)

    @cached_property
    def template(self) -> Template:
        """Raises OperateError."""
        return read_template(self.deployment)


Check = Callable[[Inspection], Iterator[Finding]]

DEPLOY_AGAIN = "Set it back as the template has it; CloudTrail says who changed it. A deployment without a change does not."
