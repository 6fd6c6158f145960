"""The quarantine: keeps the bytes of a file with malware before its document is rejected.

The pipeline may write under `quarantine/` and read nothing there. So a run that is repeated after a crash adds another
version of the same bytes, and the record names that of the run that rejected the document. Lifecycle and purge delete
every version.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from functions.domain.codes import Code
from functions.domain.document import Document
from functions.domain.events import AttemptEnded, AttemptOutcome
from functions.domain.kinds import MAX_SINGLE_PUT
from functions.domain.media_types import OCTET_STREAM
from functions.domain.quarantine import QuarantinedVersion
from functions.domain.storage import CopyRequest, ObjectStore, StoredObject


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Copies infected bytes with one request and keeps them for `retention`. If that is zero, it keeps none.

    Above `single_copy_limit` (bytes) it keeps none, and the record names no version. No scanner of Airlock scans such
    a file: `MAX_BYTES` of the step `scan` is lower. Only a step of a deployment's own can find malware in one.
    """

    objects: ObjectStore
    retention: timedelta
    clock: Callable[[], datetime]
    single_copy_limit: int = MAX_SINGLE_PUT

    def keep(self, document: Document, staged: StoredObject, ended: AttemptEnded) -> AttemptEnded:
        """Returns the end of the run with the copy if it found malware. Raises Unavailable, so that a retry copies."""
        is_infected = ended.outcome is AttemptOutcome.REJECTED and ended.reason == Code.MALWARE_FOUND
        if not is_infected:
            return ended
        return replace(ended, quarantined=self.copy(document.staging_key, staged, document))

    def copy(self, key: str, stored: StoredObject, document: Document) -> QuarantinedVersion | None:
        """Copies a version of `key`, which belongs to the document. Raises Unavailable."""
        if not self.retention or stored.size > self.single_copy_limit:
            return None
        # No program is to open the copy.
        request = CopyRequest(key, stored, document.quarantine_key, OCTET_STREAM)
        copied = self.objects.add_copy(request)
        return QuarantinedVersion(copied.version, copied.sha256, self.clock() + self.retention)
