"""The connections of a WebSocket API of API Gateway.

IAM actions: execute-api:ManageConnections.
"""

from contextlib import suppress
from typing import Any, Protocol

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from functions.adapters.boto3_faults import error_code
from functions.domain.push import SendOutcome

_FAULTS = (ClientError, ConnectionError, HTTPClientError)


class ConnectionsClient(Protocol):
    """The operations of boto3's client that are used."""

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> Any: ...  # noqa: N803 - boto3's names

    def delete_connection(self, *, ConnectionId: str) -> Any: ...  # noqa: N803


class ApiGatewaySockets:
    """Implements `functions.domain.push.Sockets`. A refusal, such as that of a role without the right, is a failure too."""

    def __init__(self, client: ConnectionsClient) -> None:
        self._client = client

    def send(self, connection_id: str, message: str) -> SendOutcome:
        try:
            self._client.post_to_connection(ConnectionId=connection_id, Data=message.encode())
        except ClientError as error:
            return SendOutcome.GONE if error_code(error) == "GoneException" else SendOutcome.FAILED
        except (ConnectionError, HTTPClientError):
            return SendOutcome.FAILED
        return SendOutcome.SENT

    def close(self, connection_id: str) -> None:
        with suppress(*_FAULTS):
            self._client.delete_connection(ConnectionId=connection_id)
