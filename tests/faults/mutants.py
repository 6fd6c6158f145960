"""One condition, one header or one check less: the list of what these tests have to notice, and who should.

A mutant is a piece of a module's text and what stands there instead. Should the text have changed, its mutant has to
change too: `mutated` refuses what it cannot find exactly once.
"""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Mutant:
    """`module` is a path below `functions`, `caught_by` paths below `tests`."""

    name: str
    module: str
    old: str
    new: str
    caught_by: tuple[str, ...]


_GRANTS = ("signing/test_presigning.py",)
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
_CHANCE = ("faults/test_stateful.py",)
_CRASHES = ("faults/test_crash_points.py",)
_ORDERS = ("faults/test_interleavings.py",)

MUTANTS = [
    Mutant(
        "a PUT of any length",
        "signing/presigning.py",
        '        headers={**headers, "content-length": str(document.size)},',
        "        headers=headers,",
        _GRANTS,
    ),
    Mutant(
        "a PUT of any type",
        "signing/presigning.py",
        '"content-type": document.declared_content_type, ',
        "",
        _GRANTS,
    ),
    Mutant("a PUT that can be repeated", "signing/presigning.py", ', "if-none-match": "*"}', "}", _GRANTS),
    Mutant(
        "a PUT of other bytes",
        "signing/presigning.py",
        "    headers |= _checksum_header(document.declared_sha256)\n",
        "",
        _GRANTS,
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
        _GRANTS,
    ),
    Mutant(
        "a form of any type",
        "signing/presigning.py",
        '"Content-Type": document.declared_content_type, ',
        "",
        _GRANTS,
    ),
    Mutant(
        "a download of whatever is there",
        "signing/presigning.py",
        '        "versionId": document.stored_version or "",\n',
        "",
        _GRANTS,
    ),
    Mutant(
        "a write to a record that has changed",
        "adapters/dynamodb/writes.py",
        '"#revision = :revision"',
        '"#revision = :revision OR attribute_exists(pk)"',
        _RECORDS,
    ),
    Mutant(
        "open uploads without end",
        "adapters/dynamodb/usage.py",
        "#open < :limit",
        "(#open < :limit OR #open >= :limit)",
        _RECORDS,
    ),
    Mutant(
        "stored bytes without end",
        "adapters/dynamodb/usage.py",
        "(#reserved <= :max_reserved AND",
        "((#reserved <= :max_reserved OR #reserved > :max_reserved) AND",
        _RECORDS,
    ),
    Mutant(
        "files a day without end",
        "adapters/dynamodb/usage.py",
        "(#files < :files AND",
        "((#files < :files OR #files >= :files) AND",
        _RECORDS,
    ),
    Mutant(
        "an upload that is opened during a visit is forgotten",
        "adapters/dynamodb/usage.py",
        '"created = :created AND #open = :stored"',
        '"created >= :created"',
        ("adapters/dynamodb/test_usage.py",),
    ),
    Mutant(
        "an upload that is just being counted off is counted off by a visit too",
        "adapters/dynamodb/usage.py",
        "if scan.last_closed_at and now < scan.last_closed_at + LEASE and",
        "if False and",
        ("adapters/dynamodb/test_usage.py",),
    ),
    Mutant(
        "an old upload that is opened again is not counted",
        "adapters/dynamodb/usage.py",
        '" REMOVE oldest_open" if open_uploads > 0 else ""',
        '""',
        ("adapters/dynamodb/test_usage.py",),
    ),
    Mutant(
        "an upload that ended is counted off twice",
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
        "a copy of whatever version is the newest",
        "adapters/s3/objects.py",
        '                "VersionId": request.source.version,\n',
        "",
        _COPY,
    ),
    Mutant(
        "an object of any size made of parts",
        "adapters/s3/multipart.py",
        "            MpuObjectSize=size,\n",
        "",
        ("adapters/s3/test_multipart.py",),
    ),
    Mutant(
        "other bytes than were declared",
        "pipeline/promotion.py",
        "        if source.size != document.size:\n",
        "        if False:\n",
        ("pipeline/test_promotion.py",),
    ),
    Mutant(
        "a download of what is not ready",
        "services/documents.py",
        "        if document.status is not Status.READY:\n            raise _not_downloadable(document)\n",
        "",
        ("services/test_documents.py",),
    ),
    Mutant(
        "the janitor deletes what has just come",
        "services/sweeps.py",
        "        if not self._is_old(staged.last_modified):\n            return None\n        document",
        "        document",
        ("services/test_sweeps.py",),
    ),
    Mutant(
        "what was rejected stays charged",
        "domain/effects.py",
        '    return {"reserved_bytes": 0, "lease_until": None}',
        '    return {"lease_until": None}',
        _CHANCE,
    ),
    Mutant(
        "a purge that leaves the copy",
        "services/purge.py",
        "(staging_key(owner, document_id), documents_key(owner, document_id))",
        "(staging_key(owner, document_id),)",
        _CHANCE,
    ),
    Mutant(
        "the staged bytes go before the record knows of the copy",
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
        _ORDERS,
    ),
]


def mutated(mutant: Mutant, source: str) -> str:
    assert source.count(mutant.old) == 1, (
        f"{mutant.name!r}: {mutant.module} has {source.count(mutant.old)} times {mutant.old!r}"
    )
    return source.replace(mutant.old, mutant.new)


def house(at: Path, mutant: Mutant | None = None) -> Path:
    """A copy of what the tests need, with the mutant in it."""
    for name in ("functions", "tests"):
        shutil.copytree(ROOT / name, at / name)
    shutil.copy(ROOT / "pyproject.toml", at)
    if mutant is not None:
        module = at / "functions" / mutant.module
        module.write_text(mutated(mutant, module.read_text("utf-8")), "utf-8")
    return at


def outcome(at: Path, tests: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """pytest's own exit code: 0 if all have passed, 1 if one has failed, more if it could not even run them."""
    paths = [f"tests/{test}" for test in tests]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", *paths]
    return subprocess.run(command, cwd=at, capture_output=True, text=True, check=False)
