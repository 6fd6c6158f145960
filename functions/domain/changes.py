"""The changes of a document's status that subscribers learn of. Each is one event on the bus of the deployment.

Two statuses tell subscribers nothing new. `completing` counts as `pending`, because no bytes have arrived and the completion
may still fail. `purging` counts as `deleted`, until the last byte is gone.
"""

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

from functions.domain.document import Status


class Change(StrEnum):
    """The name of an event, without `document.` in front."""

    CREATED = "created"
    PROCESSING = "processing"
    READY = "ready"
    REJECTED = "rejected"
    FAILED = "failed"
    EXPIRED = "expired"
    ABORTED = "aborted"
    DELETED = "deleted"
    RESTORED = "restored"
    PURGED = "purged"


_COUNTED_AS = {Status.COMPLETING: Status.PENDING, Status.PURGING: Status.DELETED}


def find_change(before: Status, after: Status) -> Change | None:
    """Returns the change that a write makes, None for a write that tells subscribers nothing."""
    old, new = (_COUNTED_AS.get(status, status) for status in (before, after))
    if old is new:
        return None
    is_restored = old is Status.DELETED and new is not Status.PURGED
    return Change.RESTORED if is_restored else Change(new.value)


def find_last_change(statuses: Sequence[Status]) -> Change:
    """Returns the last change of a document whose history has these statuses, oldest first."""
    changes = (find_change(before, after) for before, after in reversed([*pairwise(statuses)]))
    return next((change for change in changes if change), Change.CREATED)
