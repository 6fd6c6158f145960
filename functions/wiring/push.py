"""The composition root of the functions `tickets`, `sockets` and `push`."""

import secrets
from functools import cache

from functions.adapters.dynamodb.push_connections import DynamoDBConnections
from functions.features.push.fan_out import CONCURRENCY, FanOut
from functions.services.connections import ConnectionService
from functions.wiring import clients, now, settings

BATCH = 10
"""Messages of one invocation of `push`, of as many owners at most."""


@cache
def connection_service() -> ConnectionService:
    return ConnectionService(
        repository=_connections(),
        limit=settings().connections_limit,
        clock=now,
        new_secret=secrets.token_urlsafe,
    )


@cache
def fan_out() -> FanOut:
    from functions.adapters.apigateway import ApiGatewaySockets

    # The WebSocket API has one URL, with another scheme for those who send to its connections.
    endpoint = settings().push_url.replace("ws", "http", 1)
    sockets = ApiGatewaySockets(clients.sockets(endpoint, CONCURRENCY * BATCH))
    return FanOut(_connections(), sockets, now)


@cache
def _connections() -> DynamoDBConnections:
    return DynamoDBConnections(clients.dynamodb(), settings().table)
