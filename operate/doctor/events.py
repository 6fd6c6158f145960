"""The check of the bucket of changes that could not be published."""

from collections.abc import Iterator

from operate.doctor.finding import Finding, Inspection
from operate.event_failures import EventFailures


def check_event_failures(inspection: Inspection) -> Iterator[Finding]:
    """IAM action: s3:ListBucketVersions."""
    failures = EventFailures.of(inspection.deployment)
    if failures and (count := failures.count()):
        problem = f"has changes that subscribers miss, in so many batches: {count:,}"
        remedy = "See docs/runbooks/events-failed.md, repair the cause, then `events replay`."
        yield Finding(failures.objects.bucket, problem, remedy)
