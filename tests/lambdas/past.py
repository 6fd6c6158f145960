"""Records as they would be had things happened earlier, or gone otherwise; written as the service itself writes them."""

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
NOW = timedelta(0)


def happened(account: Account, document_id: str, event: Event, ago: timedelta) -> None:
    """`event` reached the record of ada's document `ago`, and whoever brought it came no further."""
    transition = decide(_record(account, document_id), event, wiring.now() - ago)
    assert not isinstance(transition, Ignored)
    account.repository.apply(transition)


def expire(account: Account, document_id: str) -> None:
    rewrite(account, document_id, upload_deadline=wiring.now() - HOUR)


def rewrite(account: Account, document_id: str, **changes: Any) -> None:
    """The owner is looked at as soon, as if all that is open had been opened earlier."""
    account.visit_owners()
    before = _record(account, document_id)
    after = replace(before, revision=before.revision + 1, **changes)
    account.repository.apply(Transition(before, after))


def _record(account: Account, document_id: str) -> Document:
    found = account.repository.get(owner_key("ada"), document_id)
    assert found is not None
    return found
