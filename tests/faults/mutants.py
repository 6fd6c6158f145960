"""Mutants: changes to the code that some test must notice, such as one condition, one header or one check less.

A mutant is a text in a module, its replacement, and the tests that must fail. The text must occur exactly once.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Mutant:
    """`module` is a path below `functions`. `killed_by` are paths below `tests`, of which one test must fail."""

    name: str
    module: str
    old: str
    new: str
    killed_by: tuple[str, ...]


_PRESIGNING = ("signing/test_presigning.py",)
_RECORDS = ("contract/test_document_repository.py",)
_STATES = (
    "domain/test_guards.py",
    "domain/test_effects.py",
    "domain/test_states.py",
    "domain/test_states_processing.py",
    "domain/test_states_upload.py",
    "domain/test_states_deletion.py",
)
_COPY = ("adapters/s3/test_objects.py",)
_CRASHES = ("faults/test_crash_points.py::test_a_crash_at_any_call_leads_to_the_same_end[upload_by_put]",)
_INTERLEAVINGS = (
    "faults/test_interleavings.py::test_concurrent_parties_agree_in_every_order_of_their_calls[complete and abort]",
)

MUTANTS = [
    Mutant(
        "a PUT of any length",
        "signing/presigning.py",
        '        headers={**headers, "content-length": str(document.size)},',
        "        headers=headers,",
        _PRESIGNING,
    ),
    Mutant(
        "a PUT of any type",
        "signing/presigning.py",
        '"content-type": document.declared_content_type, ',
        "",
        _PRESIGNING,
    ),
    Mutant(
        "a PUT that can be repeated", "signing/presigning.py", ', "if-none-match": "*"}', "}", _PRESIGNING
    ),
    Mutant(
        "a PUT of other bytes",
        "signing/presigning.py",
        "    headers |= _checksum_header(document.declared_sha256)\n",
        "",
        _PRESIGNING,
    ),
    Mutant(
        "a part of any length",
        "signing/presigning.py",
        'headers={**headers, "content-length": str(size)},',
        "headers=headers,",
        ("services/test_multipart.py",),
    ),
    Mutant(
        "a form of any size",
        "signing/presigning.py",
        '[["content-length-range", document.size, document.size]]',
        "[]",
        _PRESIGNING,
    ),
    Mutant(
        "a form of any type",
        "signing/presigning.py",
        '"Content-Type": document.declared_content_type, ',
        "",
        _PRESIGNING,
    ),
    Mutant(
        "a download of the latest version",
        "signing/presigning.py",
        '        "versionId": document.stored_version or "",\n',
        "",
        _PRESIGNING,
    ),
    Mutant(
        "a write to a record that has changed",
        "adapters/dynamodb/writes.py",
        '"#revision = :revision"',
        '"#revision = :revision OR attribute_exists(pk)"',
        _RECORDS,
    ),
    Mutant(
        "no limit of open uploads",
        "adapters/dynamodb/usage.py",
        "#open < :limit",
        "(#open < :limit OR #open >= :limit)",
        _RECORDS,
    ),
    Mutant(
        "no limit of stored bytes",
        "adapters/dynamodb/usage.py",
        "(#reserved <= :max_reserved AND",
        "((#reserved <= :max_reserved OR #reserved > :max_reserved) AND",
        _RECORDS,
    ),
    Mutant(
        "no limit of daily files",
        "adapters/dynamodb/usage.py",
        "(#files < :files AND",
        "((#files < :files OR #files >= :files) AND",
        _RECORDS,
    ),
    Mutant(
        "a recount forgets an upload that is opened meanwhile",
        "adapters/dynamodb/usage.py",
        '"created = :created AND #open = :stored"',
        '"created >= :created"',
        ("adapters/dynamodb/test_usage.py",),
    ),
    Mutant(
        "a recount and the end of an upload both decrement",
        "adapters/dynamodb/usage.py",
        "if scan.last_closed_at and now < scan.last_closed_at + LEASE and",
        "if False and",
        ("adapters/dynamodb/test_usage.py",),
    ),
    Mutant(
        "a recount skips an old upload that is open again",
        "adapters/dynamodb/usage.py",
        '" REMOVE oldest_open" if open_uploads > 0 else ""',
        '""',
        ("adapters/dynamodb/test_usage.py",),
    ),
    Mutant(
        "a decrement with an unknown outcome is retried",
        "adapters/dynamodb/client.py",
        'attempts = 1 if operation == "UpdateItem" else _MAX_ATTEMPTS',
        "attempts = _MAX_ATTEMPTS",
        ("adapters/dynamodb/test_client.py",),
    ),
    Mutant(
        "one key, many documents",
        "adapters/dynamodb/writes.py",
        '"attribute_not_exists(pk) OR #ttl < :now"',
        '"attribute_not_exists(pk) OR #ttl < :now OR #ttl >= :now"',
        _RECORDS,
    ),
    Mutant(
        "two attempts on the same bytes",
        "domain/states.py",
        "    _row(PROCESSING, ObjectArrived, Ignored.LEASED, when=guards.is_leased),\n",
        "",
        _STATES,
    ),
    Mutant(
        "a stale complete ends the lease of another",
        "domain/states.py",
        "    _row(COMPLETING, CompleteFailed, Ignored.STALE_ATTEMPT, when=guards.is_stale_attempt),\n",
        "",
        _STATES,
    ),
    Mutant(
        "a complete after the deadline",
        "domain/states.py",
        "    _row(OPEN, CompleteRequested, Ignored.DEADLINE_EXCEEDED, when=guards.is_past_deadline),\n",
        "",
        _STATES,
    ),
    Mutant(
        "the deadline passes under a lease",
        "domain/states.py",
        "    _row(OPEN, DeadlinePassed, Ignored.LEASED, when=guards.is_leased),\n",
        "",
        _STATES,
    ),
    Mutant(
        "a second version takes over",
        "domain/states.py",
        "    _row(ANY, ObjectArrived, Ignored.ORPHANED_VERSION, when=guards.is_other_version),\n",
        "",
        _STATES,
    ),
    Mutant(
        "a purge before its time",
        "domain/states.py",
        "    _row(DELETED, PurgeStarted, Ignored.WRONG_STATE, when=guards.is_before_purge),\n",
        "",
        _STATES,
    ),
    Mutant(
        "a stale purge ends a purge",
        "domain/states.py",
        "    _row(PURGING, PurgeCompleted, Ignored.STALE_ATTEMPT, when=guards.is_stale_attempt),\n",
        "",
        _STATES,
    ),
    Mutant(
        "a stale attempt has the last word",
        "domain/states.py",
        "        _row(PROCESSING, event, Ignored.STALE_ATTEMPT, when=guards.is_stale_attempt)\n",
        "        _row(PURGED, event, Ignored.STALE_ATTEMPT, when=guards.is_stale_attempt)\n",
        _STATES,
    ),
    Mutant(
        "an abort of bytes that have arrived",
        "domain/states.py",
        "    _row(PENDING, AbortRequested, ABORTED",
        "    _row(ANY, AbortRequested, ABORTED",
        _STATES,
    ),
    Mutant(
        "a lease shorter than the function that holds it",
        "domain/effects.py",
        "seconds=900",
        "seconds=90",
        _STATES,
    ),
    Mutant("fewer attempts", "domain/guards.py", "MAX_ATTEMPTS = 5", "MAX_ATTEMPTS = 3", _STATES),
    Mutant(
        "a copy over what is there", "adapters/s3/objects.py", '            IfNoneMatch="*",\n', "", _COPY
    ),
    Mutant(
        "a copy of other bytes than were seen",
        "adapters/s3/objects.py",
        "            CopySourceIfMatch=request.source.etag,\n",
        "",
        _COPY,
    ),
    Mutant(
        "a copy of the latest version",
        "adapters/s3/objects.py",
        '                "VersionId": request.source.version,\n',
        "",
        _COPY,
    ),
    Mutant(
        "a completed object of any size",
        "adapters/s3/multipart.py",
        "            MpuObjectSize=size,\n",
        "",
        ("adapters/s3/test_multipart.py",),
    ),
    Mutant(
        "a file of another size than declared",
        "pipeline/promotion.py",
        "        if source.size != document.size:\n",
        "        if False:\n",
        ("pipeline/test_promotion.py",),
    ),
    Mutant(
        "a download of a document that is not ready",
        "services/documents.py",
        "        if document.status is not Status.READY:\n            raise _not_downloadable(document)\n",
        "",
        ("services/test_documents.py",),
    ),
    Mutant(
        "a sweep deletes bytes that have just arrived",
        "services/sweeps.py",
        "        if not self._is_old(staged.last_modified):\n            return None\n        document",
        "        document",
        ("services/test_sweeps.py",),
    ),
    Mutant(
        "a rejected document keeps its reserved bytes",
        "domain/effects.py",
        '    return {"reserved_bytes": 0, "lease_until": None}',
        '    return {"lease_until": None}',
        _STATES,
    ),
    Mutant(
        "a purge that leaves the copy",
        "services/purge.py",
        "(staging_key(owner, document_id), documents_key(owner, document_id))",
        "(staging_key(owner, document_id),)",
        ("services/test_purge.py",),
    ),
    Mutant(
        "the staged bytes are deleted before the record is ready",
        "pipeline/promotion.py",
        "        result = self._apply_event(document, event)\n",
        "        self.objects.delete(staging_key(document.owner, document.id), staged.stored.version)\n"
        "        result = self._apply_event(document, event)\n",
        _CRASHES,
    ),
    Mutant(
        "an abort while S3 is completing",
        "domain/states.py",
        "    _row(PENDING, AbortRequested, ABORTED",
        "    _row(OPEN, AbortRequested, ABORTED",
        _INTERLEAVINGS,
    ),
    Mutant(
        "a stale attempt reports what another one did",
        "pipeline/promotion.py",
        "            return Outcome.STALE_ATTEMPT\n        if isinstance",
        "            return Outcome.READY\n        if isinstance",
        ("pipeline/test_promotion_trouble.py",),
    ),
    Mutant(
        "a purge ends while uploads start",
        "services/purge.py",
        "bool(uploads or versions)",
        "bool(versions)",
        ("services/test_purge.py",),
    ),
    Mutant(
        "an attempt is republished twice per sweep",
        "services/sweeps.py",
        "staged.version in republished or not",
        "not",
        ("services/test_sweeps.py",),
    ),
    Mutant(
        "a redrive of a document that has not failed",
        "services/sweeps.py",
        "is Ignored.WRONG_STATE:",
        "is None:",
        ("services/test_sweeps.py",),
    ),
    Mutant(
        "a multipart URL in a log",
        "signing/presigning.py",
        "url_template: str = field(repr=False)",
        "url_template: str",
        _PRESIGNING,
    ),
    Mutant(
        "a copy of 2 TiB in more than ten thousand parts",
        "adapters/s3/part_copy.py",
        "max(part_size, needed)",
        "part_size",
        ("adapters/s3/test_part_copy.py",),
    ),
    Mutant(
        "a recount that misses a document just created",
        "adapters/dynamodb/queries.py",
        ':last": f"{DOCUMENT_PREFIX}~"}),\n        "ConsistentRead": True,\n',
        ':last": f"{DOCUMENT_PREFIX}~"}),\n',
        ("adapters/dynamodb/test_queries.py",),
    ),
]


def apply_mutant(mutant: Mutant, source: str) -> str:
    """Returns the source with the mutant in it. Fails unless its text occurs exactly once."""
    count = source.count(mutant.old)
    assert count == 1, f"{mutant.name!r}: {mutant.old!r} occurs {count} times in {mutant.module}"
    return source.replace(mutant.old, mutant.new)


def copy_project(target: Path, mutant: Mutant | None = None) -> Path:
    """Copies what the tests need to `target`, with the mutant in it. Returns `target`."""
    for name in ("functions", "tests", "tools"):
        shutil.copytree(ROOT / name, target / name)
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / name, target)
    if mutant is not None:
        module = target / "functions" / mutant.module
        module.write_text(apply_mutant(mutant, module.read_text("utf-8")), "utf-8")
    return target


def run_tests(project: Path, paths: Iterable[str]) -> subprocess.CompletedProcess[str]:
    """Runs the tests of a copy until one fails. The exit code is pytest's."""
    files = [f"tests/{path}" for path in paths]
    options = [
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--hypothesis-profile=without shrinking",
    ]
    command = [sys.executable, "-m", "pytest", *options, *files]
    environment = os.environ | {"AIRLOCK_SOAK": "1"}  # no time limit
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
