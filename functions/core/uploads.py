"""Use cases of somebody who uploads: create a document, abort it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from functions.core.document import Document, Method, Status
from functions.core.errors import InvalidInput, Unavailable, WrongState
from functions.core.grants import PutGrant, sign_form, sign_put
from functions.core.intake import NewUpload, accept
from functions.core.kinds import Kinds
from functions.core.library import find
from functions.core.lifecycle import AbortRequested, Refusal, decide
from functions.core.ports import AlreadyCreated, Conflict, IdempotencyKey, Records
from functions.core.quota import Limits
from functions.core.sigv4 import SignedForm, Signer

Grant = PutGrant | SignedForm

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Created:
    """`grant` is None when a repeated create finds a document that waits for no bytes any more."""

    document: Document
    grant: Grant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """`signer` is called for each request, because credentials change under a running function.

    `url_lifetime` and `upload_lifetime` are seconds.
    """

    records: Records
    signer: Callable[[], Signer]
    kinds: Kinds
    limits: Limits
    bucket: str
    url_lifetime: int
    upload_lifetime: int

    def create(
        self, request: NewUpload, *, owner: str, document_id: str, idempotency_key: str | None, now: datetime
    ) -> Created:
        """Record first, URL second: no URL exists for a key that no record waits for.

        Raises InvalidInput, NotAccepted, TooLarge, TooMany, WrongState or Unavailable.
        """
        document = accept(
            request,
            self.kinds,
            owner=owner,
            document_id=document_id,
            now=now,
            lifetime=self.upload_lifetime,
        )
        idempotency = _bound(idempotency_key, request)
        try:
            self.records.create(document, self.limits, idempotency, now)
        except AlreadyCreated as earlier:
            document = self._repeated(earlier, request, owner)
        return Created(document, self._sign(document, now))

    def abort(self, owner: str, document_id: str, now: datetime) -> None:
        """Idempotent. Raises NotFound, or WrongState `invalid_state` once the bytes are there."""
        for _ in range(_TRIES):
            document = find(self.records, owner, document_id)
            decision = decide(document, AbortRequested(), now)
            if decision is Refusal.DONE_ALREADY:
                return None
            if isinstance(decision, Refusal):
                raise WrongState("invalid_state", f"A document that is {document.status} cannot be aborted.")
            try:
                return self.records.apply(decision)
            except Conflict:
                continue
        raise Unavailable("busy", "The document is changing too fast; try again.", retry_after=1)

    def _sign(self, document: Document, now: datetime) -> Grant | None:
        if document.status is not Status.PENDING or now >= document.deadline:
            return None
        signer = self.signer()
        if document.method is Method.POST:
            return sign_form(signer, document, bucket=self.bucket, lifetime=self.url_lifetime, now=now)
        return sign_put(signer, document, lifetime=self.url_lifetime, now=now)

    def _repeated(self, earlier: AlreadyCreated, request: NewUpload, owner: str) -> Document:
        if earlier.fingerprint != request.fingerprint():
            raise InvalidInput(
                "idempotency_key_reused", "This Idempotency-Key came with a different request before."
            )
        return find(self.records, owner, earlier.document_id)


def _bound(key: str | None, request: NewUpload) -> IdempotencyKey | None:
    if key is None:
        return None
    return IdempotencyKey(hashlib.sha256(key.encode()).hexdigest(), request.fingerprint())
