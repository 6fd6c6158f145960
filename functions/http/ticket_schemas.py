"""The API's JSON for tickets of push."""

from typing import Self

from pydantic import Field

from functions.http.json_types import ResponseModel, Time
from functions.services.connections import Ticket


class TicketResponse(ResponseModel):
    """A URL that opens one WebSocket."""

    url: str = Field(description="A secret. It opens one connection, and only until `expiresAt`.")
    expires_at: Time

    @classmethod
    def from_ticket(cls, ticket: Ticket, endpoint: str) -> Self:
        """`endpoint` is the URL of the WebSocket API. A ticket has only characters that a query may have."""
        return cls(url=f"{endpoint}?ticket={ticket.value}", expires_at=ticket.expires_at)
