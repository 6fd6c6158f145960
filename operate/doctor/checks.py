"""The table of checks, and their execution: a check that fails is a finding too."""

from collections.abc import Iterator, Mapping

from botocore.exceptions import BotoCoreError, ClientError

from operate.doctor import (
    alarms,
    api,
    audit,
    bucket,
    data,
    delivery,
    edge,
    edge_alarms,
    events,
    policies,
    processing,
    scanner,
)
from operate.doctor.finding import Check, Finding, Inspection
from operate.errors import OperateError
from operate.template import UnresolvableError

CHECKS: Mapping[str, Check] = {
    "clock": api.check_clock,
    "api-cors": api.check_api_cors,
    "tokens": api.check_tokens,
    "authorizers": api.check_authorizers,
    "edge": edge.check_edge,
    "bucket-cors": bucket.check_bucket_cors,
    "public-access": bucket.check_public_access,
    "bucket-policy": policies.check_bucket_policy,
    "versions": bucket.check_versions,
    "lifecycle": bucket.check_lifecycle,
    "bucket-events": bucket.check_bucket_events,
    "roles": policies.check_roles,
    "queue-policies": policies.check_queue_policies,
    "queues": processing.check_queues,
    "event-sources": processing.check_event_sources,
    "event-failures": events.check_event_failures,
    "scanner": scanner.check_scanner,
    "delivery": delivery.check_delivery,
    "functions": processing.check_functions,
    "audit": audit.check_audit,
    "table": data.check_table,
    "key": data.check_key,
    "alarms": alarms.check_alarms,
    "edge-alarms": edge_alarms.check_edge_alarms,
}


def run_check(check: Check, inspection: Inspection) -> list[Finding]:
    """Returns the findings of one check. Raises OperateError if the stack itself cannot be read."""
    inspection.template  # noqa: B018 - without it no check can run
    return [*_find(check, inspection)]


def _find(check: Check, inspection: Inspection) -> Iterator[Finding]:
    try:
        yield from check(inspection)
    except (BotoCoreError, ClientError, OperateError) as error:
        yield Finding(
            "this check",
            f"could not be made: {error}",
            "Does the resource exist, and does your policy allow it?",
        )
    except UnresolvableError as error:
        yield Finding(
            "this check", f"does not know {error} of the template", "Report this as a bug of `doctor`."
        )
