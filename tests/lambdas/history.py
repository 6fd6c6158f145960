"""Changes to records that happened earlier, or that no caller finished, written as the service itself writes them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from functions import wiring
from functions.domain.document import Document
from functions.domain.events import Event, Ignored, Transition
from functions.domain.keys import owner_key
from functions.domain.states import decide
from tests.lambdas.account import Account

HOUR = timedelta(hours=1)


def record_event(account: Account, document_id: str, event: Event, *, ago: timedelta = timedelta(0)) -> None:
    """Applies `event` to the record of ada's document, `ago` in the past, and does nothing that usually follows."""
    transition = decide(_record(account, document_id), event, wiring.now() - ago)
    assert not isinstance(transition, Ignored)
    account.repository.apply(transition)


def expire(account: Account, document_id: str) -> None:
    """Moves the create, and every deadline that an upload may have, into the past."""
    now, longest = wiring.now(), timedelta(seconds=account.settings.multipart_lifetime)
    rewrite(account, document_id, created_at=now - longest, upload_deadline=now - HOUR)


def rewrite(account: Account, document_id: str, **changes: Any) -> None:
    """Replaces fields of ada's document. The recount of the owner becomes due as well."""
    account.expedite_recounts()
    before = _record(account, document_id)
    after = replace(before, revision=before.revision + 1, **changes)
    account.repository.apply(Transition(before, after))


def backdate(account: Account, document_id: str, by: timedelta) -> None:
    """Moves every change of status of ada's document `by` into the past, so that its URLs have expired."""
    history = tuple(replace(entry, at=entry.at - by) for entry in _record(account, document_id).history)
    rewrite(account, document_id, history=history)


def _record(account: Account, document_id: str) -> Document:
    document = account.repository.get(owner_key("ada"), document_id)
    assert document is not None
    return document
