"""The command `rescan`: has the malware scanner look again into stored documents, because it may know more by now.

The scanner answers to the pipeline, which rejects what is infected. So the work goes on if this command is interrupted.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.features.scan.definition import CLAMAV, GUARDDUTY, MAX_BYTES
from operate.command import Command, Result
from operate.deployment import Deployment
from operate.errors import OperateError
from operate.records import Records
from operate.rescan import (
    INFECTED,
    LOST,
    PURGED,
    Selection,
    StoredDocument,
    Wait,
    estimate_dollars,
    select,
    send_tasks,
)
from operate.template import read_template
from operate.times import add_since

_TASKS = "ScanTasks"
_DESCRIPTIONS = {
    "clean": "clean",
    INFECTED: "infected, so that they are rejected",
    "inconclusive": "that the scanner cannot look into; they stay as they are",
    PURGED: "purged meanwhile, as an infected one that its owner had deleted is at once",
    LOST: "without a verdict",
}


@dataclass(frozen=True)
class Plan:
    """The scans of one command. `too_large` counts documents that the scanner does not look into."""

    scanner: str
    documents: list[StoredDocument]
    too_large: int

    @property
    def size(self) -> int:
        return sum(document.size for document in self.documents)

    @property
    def dollars(self) -> float:
        """Only GuardDuty bills a scan."""
        return estimate_dollars(self.documents) if self.scanner == GUARDDUTY else 0.0

    def describe(self) -> Iterator[str]:
        yield f"{len(self.documents):>9,}  documents to scan, {self.size:,} bytes"
        if self.too_large:
            yield f"{self.too_large:>9,}  larger than the scanner looks into; they are left out"
        if self.scanner == GUARDDUTY:
            yield (
                f"GuardDuty bills about {self.dollars:,.2f} $: 0.215 $ per 1,000 objects and 0.09 $ per GB in us-east-1, from a "
                "copy of https://aws.amazon.com/guardduty/pricing/ of October 2026."
            )
        else:
            yield "No scan is billed by itself. A container costs about 0.05 $ an hour while it runs (docs/steps.md)."


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    started = datetime.now(UTC)
    records = Records.of(deployment)
    plan = _make_plan(deployment, records, arguments)
    if arguments.dry_run or not plan.documents:
        return Result(_build_data(plan, arguments), plan.describe())
    _announce(plan, started)
    send_tasks(deployment.client("sqs"), deployment.output(_TASKS), deployment.bucket, plan.documents)
    wait = Wait(records, timedelta(minutes=arguments.wait))
    wait.run(plan.documents)
    return _summarize(plan, wait, started, arguments)


def _make_plan(deployment: Deployment, records: Records, arguments: argparse.Namespace) -> Plan:
    scanner = _find_scanner(deployment)
    selection = Selection(
        since=arguments.since, kind=arguments.kind, not_scanned_since=arguments.not_scanned_since
    )
    found = [*select(records, selection)]
    documents = [document for document in found if document.size <= MAX_BYTES[scanner]]
    return Plan(scanner, documents, len(found) - len(documents))


def _find_scanner(deployment: Deployment) -> str:
    """IAM actions: cloudformation:GetTemplate, cloudformation:ListStackResources."""
    if _TASKS not in deployment.outputs:
        raise OperateError("no kind of this deployment lists the step scan, so there is no scanner")
    plans = read_template(deployment).list_resources("AWS::GuardDuty::MalwareProtectionPlan")
    return GUARDDUTY if any(plans) else CLAMAV


def _announce(plan: Plan, started: datetime) -> None:
    for line in [*plan.describe(), f"If this is interrupted, {_resume(started)}"]:
        print(line.strip(), file=sys.stderr, flush=True)


def _resume(started: datetime) -> str:
    return f"repeat it with --not-scanned-since {started.isoformat(timespec='seconds')}"


def _build_data(plan: Plan, arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "scanner": plan.scanner,
        "documents": len(plan.documents),
        "bytes": plan.size,
        "tooLarge": plan.too_large,
        "dollars": plan.dollars,
        "dryRun": arguments.dry_run,
    }


def _summarize(plan: Plan, wait: Wait, started: datetime, arguments: argparse.Namespace) -> Result:
    outcomes = {name: count for name, count in wait.outcomes.items() if count}
    lines = [f"{outcomes[name]:>9,}  {text}" for name, text in _DESCRIPTIONS.items() if name in outcomes]
    lines += [f"infected  {document.owner}  {document.id}" for document in wait.infected]
    lines += [f"For what has no verdict, {_resume(started)}."] if LOST in outcomes else []
    data = {
        **_build_data(plan, arguments),
        "startedAt": started.isoformat(timespec="seconds"),
        "outcomes": outcomes,
        "infected": [{"owner": document.owner, "documentId": document.id} for document in wait.infected],
    }
    return Result(data, lines, is_failed=bool(wait.infected) or LOST in outcomes)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_since(parser, "created since then")
    parser.add_argument("--kind", help="kind of the documents")
    add_since(
        parser,
        "only documents whose latest verdict is older, which continues what was interrupted",
        option="--not-scanned-since",
    )
    parser.add_argument("--all", action="store_true", help="every document, without another filter")
    parser.add_argument(
        "--wait",
        type=int,
        default=30,
        metavar="MINUTES",
        help="end when no verdict has come for so long (30)",
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--dry-run", action="store_true", help="only count, and say what the scans cost")
    choice.add_argument("--yes", action="store_true", help="scan; without it nothing is scanned")


def _check(arguments: argparse.Namespace, error: Callable[[str], object]) -> None:
    has_filter = bool(arguments.since or arguments.kind or arguments.not_scanned_since)
    if has_filter == arguments.all:
        error("give --since, --kind or --not-scanned-since, or --all")
    if not (arguments.dry_run or arguments.yes):
        error("give --dry-run first, then --yes: each scan is billed")
    if arguments.wait < 1:
        error("--wait is at least 1")


COMMAND = Command("scan stored documents again for malware", _run, _add_arguments, _check)
