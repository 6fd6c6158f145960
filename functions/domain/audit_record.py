"""The record of the audit trail: one attempt or one change, with ids only.

It never has a file name, a token, a URL or metadata. `network` is the network that a request came from, because a whole address
identifies a person, and nobody can delete a record before its lock ends.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Protocol, Self

from functions.domain.casing import to_camel_case
from functions.domain.times import format_rfc3339

_NETWORK_BITS = {4: 24, 6: 48}
"""Bits of an address that are kept, by the version of IP: the network of a provider's customer, or of several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One line of the trail. A record may occur more than once, with the same `id`.

    - `event` is `document.` and the change of the status, `document.updated`, `document.claimed`, `download.granted`, `request.refused` or
      `request.failed`.
    - `outcome` is the status of the document, or the HTTP status of the response.
    - `actor` is the subject of the token, `owner` the owner key. `sequence` is that of the event of a change.
    - `operation` is the operation id of a request, `request_id` its id in the access log of the API.
    """

    id: str
    event: str
    at: datetime
    outcome: str
    owner: str | None = None
    actor: str | None = None
    document_id: str | None = None
    code: str | None = None
    sequence: int | None = None
    operation: str | None = None
    request_id: str | None = None
    network: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Returns the members that have a value, in camelCase. `at` is in UTC with milliseconds."""
        values = {to_camel_case(field.name): getattr(self, field.name) for field in fields(self)}
        values["at"] = format_rfc3339(self.at)
        return {name: value for name, value in values.items() if value is not None}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Returns the record of one line. Raises ValueError for anything else."""
        names = {to_camel_case(field.name): field.name for field in fields(cls)}
        try:
            values = {names[name]: value for name, value in content.items()}
            return cls(**{**values, "at": datetime.fromisoformat(values["at"])})
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError("not a record of the audit trail") from error


class AuditLog(Protocol):
    """The way of records into the trail. Once `send` returns, they are not lost."""

    records_reads: bool
    """True if each download URL has a record."""

    def send(self, records: Sequence[AuditRecord]) -> None:
        """Sends the records of one request. Raises Unavailable."""


def truncate_address(address: str) -> str | None:
    """Returns the network of an IP address, such as `192.0.2.0/24`; None for a text that is no address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return str(ipaddress.ip_network(f"{parsed}/{_NETWORK_BITS[parsed.version]}", strict=False))
