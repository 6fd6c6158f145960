"""Options of the audit trail in CDK context."""

from dataclasses import dataclass
from typing import Annotated

from functions.option_types import Flag, Number


@dataclass(frozen=True, kw_only=True)
class AuditOptions:
    """Options of a deployment that keeps an audit trail."""

    audit: Annotated[
        bool,
        Flag(
            doc="Keeps an [audit trail](audit.md) of every attempt and every change, in a bucket in which nobody can change or "
            "delete an object before `auditDays` are over. Recommended for production. Publishes [events](events.md) too."
        ),
    ] = False
    # S3's own maximum is 36,500 days.
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
    audit_days: Annotated[
        int,
        Number(
            doc="Days for which an object of the audit trail is locked. Not even the root user of the account can delete it "
            "earlier, or shorten the lock. A change holds for what is written from then on.",
            unit="days",
            maximum=3_650,
        ),
    ] = 365
    audit_reads: Annotated[
        bool,
        Flag(
            doc="Records each download URL too, before it is returned: without the queue of the trail there is no URL. Requires "
            "`audit`."
        ),
    ] = False
