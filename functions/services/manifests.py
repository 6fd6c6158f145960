"""Use cases of manifests: sign the statement about a document, and publish the keys that verify it."""

from dataclasses import dataclass
from datetime import datetime

from functions.domain.document import Document
from functions.domain.document_operations import find_document
from functions.domain.manifest import describe_document
from functions.domain.readiness import check_ready
from functions.domain.repository import DocumentRepository
from functions.signing.jws import PublicKey, SigningKey, sign_claims

TYPE_NAME = "airlock-manifest+jwt"
"""The header `typ`. An explicit type keeps a manifest from being taken for another token (RFC 8725, 3.11)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestService:
    """Signs manifests with `key`. `issuer` is the URL of the API. `earlier_keys` no longer sign, and still verify."""

    repository: DocumentRepository
    key: SigningKey
    earlier_keys: tuple[PublicKey, ...]
    issuer: str

    def get_document(self, owner: str, document_id: str) -> Document:
        """Returns a ready document. Raises NotFound, or WrongState `not_ready`, `rejected` or `invalid_state`."""
        document = find_document(self.repository, owner, document_id)
        check_ready(document)
        return document

    def sign(self, document: Document, now: datetime) -> str:
        """Returns the manifest of a ready document as a JWS in the compact form. Raises Unavailable."""
        claims = {"iss": self.issuer, "iat": int(now.timestamp()), **describe_document(document)}
        return sign_claims(claims, self.key, TYPE_NAME)

    def describe_keys(self) -> dict[str, list[dict[str, str]]]:
        """Returns the JSON Web Key Set (RFC 7517, 5), the signing key first. Raises Unavailable."""
        keys = dict.fromkeys([self.key.public_key(), *self.earlier_keys])
        return {"keys": [key.to_jwk() for key in keys]}
