"""CloudFront and WAF in front of a local stack: the proxy of tools/edge_proxy with the synthesised template of the edge."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from edge_proxy import Distribution, EdgeProxy, EdgeServer, Origins, read_distribution
from functions.domain.edge_names import ORIGIN_OUTPUT, edge_stack_name, secret_name
from local.stack import LocalStack, start_stack
from operate import edge
from operate.deployment import Deployment
from tests.infra.edge_context import WAF
from tests.journeys.call_recorder import record_calls

STACK_NAME = "Airlock-local"
_ORIGIN = "api.execute-api.test"
_ACCOUNT = "123456789012"
_ENVIRONMENT = "AIRLOCK_EDGE"
"""Environment variable that puts every shared stack behind the edge, as `make soak` does."""
_RECORD = "AIRLOCK_RECORD_CALLS"
"""Environment variable with the file to which the shapes of all calls are added."""

goes_around_the_edge = pytest.mark.skipif(
    _ENVIRONMENT in os.environ,
    reason="is about a rule of S3 or of API Gateway, which nobody meets behind the edge",
)


@dataclass(frozen=True)
class Edge:
    """The template of the edge of a local stack. `stack` is the one that serves direct calls."""

    stack: LocalStack

    @property
    def template(self) -> dict[str, Any]:
        path = self.stack.emulator.folder / "cdk.out" / f"{edge_stack_name(STACK_NAME)}.template.json"
        content: dict[str, Any] = json.loads(path.read_text())
        return content

    @property
    def deployment(self) -> Deployment:
        key = "local"
        session = boto3.Session(key, key, region_name=self.stack.region)
        return Deployment(stack=STACK_NAME, session=session, endpoint=self.stack.emulator.endpoint)

    def read_values(self) -> Mapping[str, str]:
        """Returns number -> value of the secret."""
        client = self.stack.emulator.client("secretsmanager")
        values: dict[str, str] = json.loads(
            client.get_secret_value(SecretId=secret_name(STACK_NAME))["SecretString"]
        )
        return values

    def read_distribution(self, number: str = "1", template: Mapping[str, Any] | None = None) -> Distribution:
        """Returns the distribution, which sends the value with this number."""
        reference = f"{{{{resolve:secretsmanager:{secret_name(STACK_NAME)}:SecretString:{number}}}}}"
        values = {
            "AWS::AccountId": _ACCOUNT,
            f"{STACK_NAME}.{ORIGIN_OUTPUT}": _ORIGIN,
            f"{{{{resolve:secretsmanager:{secret_name(STACK_NAME)}:SecretString:1}}}}": self.read_values()[
                number
            ],
            reference: self.read_values()[number],
        }
        return read_distribution(template or self.template, values)

    @contextmanager
    def serve(self, distribution: Distribution) -> Iterator[tuple[str, EdgeProxy]]:
        """Yields the URL of a proxy, and the proxy."""
        server = EdgeServer()
        with Origins({_ORIGIN: self.stack.api}) as origins:
            proxy = EdgeProxy(distribution, origins, host=server.host)
            app = record_calls(proxy, Path(path)) if (path := os.environ.get(_RECORD)) else proxy
            try:
                with server.serve(app):
                    yield server.url, proxy
            finally:
                server.close()


@contextmanager
def put_edge_in_front(stack: LocalStack) -> Iterator[LocalStack]:
    """Creates the secret, and yields the stack as clients see it."""
    front = Edge(stack)
    edge.create(front.deployment)
    with front.serve(front.read_distribution()) as (url, _):
        yield replace(stack, api=url)


def start_edge_stack(
    app: str = "app", web_origins: Sequence[str] = (), **context: str
) -> AbstractContextManager[LocalStack]:
    options: dict[str, Any] = {**WAF, **context}
    return start_stack(app=app, web_origins=web_origins, front=put_edge_in_front, **options)


def start_shared_stack(
    app: str = "app", web_origins: Sequence[str] = (), **context: str
) -> AbstractContextManager[LocalStack]:
    """Starts a stack, with its API and its downloads behind the edge if the environment says so."""
    options: dict[str, Any] = {**context}
    if _ENVIRONMENT in os.environ:
        return start_edge_stack(app, web_origins, **{"cdn": "true", **options})
    return start_stack(app=app, web_origins=web_origins, **options)
