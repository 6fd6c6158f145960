"""The caller of a request: whose documents it is about, and on whose behalf."""

from typing import NamedTuple


class Caller(NamedTuple):
    """`owner` is the key of the owner of the documents, `actor` the subject of the token, if it has one.

    `client` is the subject of a machine token that acts on behalf of the owner, None for a caller that acts for itself.
    Such a client finds the documents that it has created, and no other one of the owner.
    """

    owner: str
    actor: str | None = None
    client: str | None = None
