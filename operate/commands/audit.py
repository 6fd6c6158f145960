"""The command `audit`: verifies the audit trail, and shows its records."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from functions.domain.audit_record import AuditRecord
from functions.domain.audit_trail import Chain, Head, parse_block
from functions.domain.audit_verification import (
    ChainVerifier,
    ListedVersion,
    TrailFinding,
    check_bucket_lock,
    check_listing,
)
from operate.command import Command, Result
from operate.deployment import Deployment
from operate.owners import add_owner, parse_document_id
from operate.times import add_since
from operate.trail import Trail, list_written_since

_COLUMNS = ("at", "event", "outcome", "code", "actor", "owner", "documentId", "operation", "network")


@dataclass(frozen=True)
class _Verified:
    """One chain and what is wrong with it."""

    verifier: ChainVerifier
    findings: list[TrailFinding]

    def to_json(self) -> dict[str, Any]:
        checked = self.verifier
        return {
            "objects": checked.blocks,
            "records": checked.records,
            "last": checked.last.sequence,
            "sha256": checked.last.sha256,
        }


def verify(trail: Trail, now: datetime) -> Result:
    """Checks the bucket, both chains and their heads. Fails with a finding. Raises OperateError."""
    # The heads are read before the list, because a head is never ahead of the bucket.
    heads = {chain: trail.find_head(chain) for chain in Chain}
    listed = trail.list_versions()
    chains = {chain: _verify_chain(trail, listed, chain, head, now) for chain, head in heads.items()}
    lock = trail.read_bucket_lock()
    days = max((each.verifier.retention_days for each in chains.values()), default=0)
    findings = [*check_listing(listed), *check_bucket_lock(lock.mode, lock.days, days, trail.bucket)]
    findings += [finding for each in chains.values() for finding in each.findings]
    data = {
        "chains": {chain.value: each.to_json() for chain, each in chains.items()},
        "findings": [asdict(finding) for finding in findings],
    }
    return Result(data, _describe(chains, findings), is_failed=bool(findings))


def _verify_chain(
    trail: Trail, listed: Sequence[ListedVersion], chain: Chain, head: Head, now: datetime
) -> _Verified:
    verifier = ChainVerifier(chain, now)
    findings = [finding for block in trail.read_blocks(listed, chain) for finding in verifier.check(block)]
    return _Verified(verifier, [*findings, *verifier.finish(head)])


def _describe(chains: dict[Chain, _Verified], findings: Sequence[TrailFinding]) -> Iterator[str]:
    for chain, each in chains.items():
        checked = each.verifier
        yield f"{chain}: {checked.blocks:,} objects, {checked.records:,} records, SHA-256 of the last {checked.last.sha256}"
    for finding in findings:
        yield f"FOUND {finding.problem} {finding.where}: {finding.detail}"
    yield f"findings: {len(findings)}"


def show(trail: Trail, selects: Callable[[AuditRecord], bool], since: datetime | None) -> Result:
    """Returns the records in the order of their times, each once. Raises OperateError."""
    listed = list_written_since(trail.list_versions(), since)
    found = {
        (chain, record.id): record
        for chain in Chain
        for record in _read_records(trail, listed, chain)
        if selects(record)
    }
    records = [record.to_json() for record in sorted(found.values(), key=lambda record: record.at)]
    lines = ["\t".join(str(record.get(name, "")) for name in _COLUMNS) for record in records]
    return Result({"records": records}, lines or ["No record is found."])


def _read_records(trail: Trail, listed: Sequence[ListedVersion], chain: Chain) -> Iterator[AuditRecord]:
    """Yields the records of all objects that can be read. `verify` finds the others."""
    for block in trail.read_blocks(listed, chain):
        try:
            yield from parse_block(block.body).records
        except ValueError:
            continue


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    trail = Trail.of(deployment)
    if arguments.action == "verify":
        return verify(trail, datetime.now(UTC))

    def selects(record: AuditRecord) -> bool:
        return (
            (arguments.document is None or record.document_id == arguments.document)
            and (arguments.owner is None or record.owner == arguments.owner)
            and (arguments.actor is None or record.actor == arguments.actor)
            and (arguments.since is None or record.at >= arguments.since)
        )

    return show(trail, selects, arguments.since)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        choices=("verify", "show"),
        help="check that nothing was changed, removed or unlocked; print records, oldest first",
    )
    parser.add_argument("--document", type=parse_document_id, help="id of a document")
    parser.add_argument("--actor", help="`sub` of the token of a user")
    add_since(parser, "written since then")
    add_owner(parser, is_required=False)


def _check(arguments: argparse.Namespace, error: Callable[[str], object]) -> None:
    has_filter = arguments.document or arguments.actor or arguments.since or arguments.owner
    if arguments.action == "verify" and has_filter:
        error("`verify` checks the whole trail and takes no filter")


COMMAND = Command("verify or show the audit trail", _run, _add_arguments, _check)
