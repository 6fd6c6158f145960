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
_NAMES = ("domain/test_filename.py", "domain/test_download_name.py")
_TABLE_FAULTS = ("adapters/dynamodb/test_client_faults.py",)
_RECORDS = ("contract/test_document_repository.py",)
_STATES = (
    "domain/test_guards.py",
    "domain/test_effects.py",
    "domain/test_states.py",
    "domain/test_states_processing.py",
    "domain/test_states_upload.py",
    "domain/test_states_deletion.py",
    "domain/test_states_failed.py",
)
_FAILED = ("services/test_failed_retention.py",)
_REDRIVE = ("services/test_redrive.py",)
_COPIES = ("services/test_copies_of_failed_documents.py",)
_ENGINE = ("pipeline/test_engine.py",)
_WORKERS = ("pipeline/test_workers.py", "pipeline/test_fails_closed.py")
_DUPLICATES = (
    "contract/test_duplicates.py",
    "domain/test_states_duplicates.py",
    "services/test_duplicates.py",
)
_REVIEW = ("services/test_review.py", "contract/test_waiting_documents.py")
_RETENTION = ("domain/test_retention.py",)
_SWEEPS = (
    "services/test_sweeps.py",
    "services/test_sweeps_staging.py",
    "services/test_sweeps_renditions.py",
)
_REPORTS = ("services/test_reports.py",)
_SCAN = ("features/scan/test_guardduty.py", "features/scan/test_step.py")
_QUARANTINE = ("features/scan/test_quarantine.py",)
_COPY = ("adapters/s3/test_objects.py",)
_CREATE_RATE = (
    "domain/test_rate.py",
    "contract/test_create_rate.py",
    "adapters/dynamodb/test_create_rate.py",
)
_DEADLINES = ("domain/test_deadlines.py", "services/test_deadlines.py")
_CRASHES = ("faults/test_crash_points.py::test_a_crash_at_any_call_leads_to_the_same_end[upload_in_parts]",)
_INTERLEAVINGS = (
    "faults/test_interleavings.py::test_concurrent_parties_agree_in_every_order_of_their_calls[complete and abort]",
)

_TABLE_WORKER, _TABLE_ENGINE = ("features/table/test_worker.py",), ("features/table/test_engine.py",)
_TABLE_ERRORS = tuple(
    f"features/table/test_worker.py::test_each_error_has_its_line_its_column_and_its_code[{chunks}]"
    for chunks in ("one chunk", "many chunks")
)
_TABLE_DEFINITION = ("features/table/test_definition.py",)
_TABLE_MUTANTS = [
    Mutant(
        "any rejected file is kept in quarantine",
        "pipeline/quarantine.py",
        " and ended.reason == Code.MALWARE_FOUND",
        "",
        _QUARANTINE,
    ),
    Mutant(
        "infected bytes are kept without a quarantine",
        "pipeline/quarantine.py",
        "(is_infected and self.retention)",
        "is_infected",
        _QUARANTINE,
    ),
    Mutant(
        "a file above the limit of one copy is copied to quarantine",
        "pipeline/quarantine.py",
        " or staged.size > self.single_copy_limit",
        "",
        _QUARANTINE,
    ),
    Mutant(
        "the record does not name the infected version",
        "domain/effects.py",
        "**_set_quarantine(event.quarantined)",
        "**_set_quarantine(None)",
        _QUARANTINE,
    ),
    Mutant(
        "a purge leaves infected bytes that no record names",
        "domain/document.py",
        "self.staging_area == SCAN_AREA or self.quarantined_version",
        "self.quarantined_version",
        _QUARANTINE,
    ),
    Mutant(
        "a purge leaves infected bytes",
        "services/purge.py",
        "if leased.may_be_quarantined:",
        "if False:",
        _QUARANTINE,
    ),
    Mutant(
        "a purged record names the infected version",
        "domain/effects.py",
        "        **_set_quarantine(None),\n",
        "",
        _QUARANTINE,
    ),
    Mutant(
        "a missing quote swallows the rows behind it",
        "features/table/rows.py",
        "        self.line += 1\n        return 1\n",
        "        self.line += len(lines)\n        return len(lines)\n",
        _TABLE_WORKER,
    ),
    Mutant(
        "a row with a character that separates values is accepted",
        "features/table/rows.py",
        "if any(character in value for character in _CONTROLS):",
        "if False:",
        _TABLE_ERRORS,
    ),
    Mutant(
        "invalid bytes are accepted",
        "features/table/rows.py",
        "    if _REPLACEMENT in value:",
        "    if False:",
        _TABLE_ERRORS,
    ),
    Mutant(
        "a quoted value ends with its block",
        "features/table/rows.py",
        "if is_open and not is_last and _is_short(lines):",
        "if False:",
        _TABLE_ERRORS,
    ),
    Mutant(
        "a row on several lines may be of any length",
        "features/table/rows.py",
        "                        _check_length(lines[done : reader.line_num])\n",
        "",
        _TABLE_WORKER,
    ),
    Mutant(
        "values are converted as leniently as DuckDB does",
        "features/table/checks.py",
        "yield f\"NOT regexp_full_match(c{position}, {quote_text(f' *{sql_type.form} *')})\", wrong_type",
        "pass",
        _TABLE_WORKER,
    ),
    Mutant(
        "a number may be infinite",
        "features/table/checks.py",
        "if column.type is ColumnType.NUMBER:",
        "if False:",
        _TABLE_WORKER,
    ),
    Mutant(
        "duplicates are written",
        "features/table/engine.py",
        " ANTI JOIN duplicates USING (line)",
        "",
        _TABLE_WORKER,
    ),
    Mutant(
        "equal hashes are equal values, and the last one stays",
        "features/table/engine.py",
        'ORDER BY line)"',
        'ORDER BY line DESC)"',
        _TABLE_WORKER,
    ),
    Mutant(
        "DuckDB may open any file",
        "features/table/engine.py",
        '    database.execute("SET enable_external_access = false")\n',
        "",
        _TABLE_ENGINE,
    ),
    Mutant(
        "the settings of DuckDB can be changed",
        "features/table/engine.py",
        '    database.execute("SET lock_configuration = true")\n',
        "",
        _TABLE_ENGINE,
    ),
    Mutant(
        "one more row than allowed may be invalid",
        "features/table/report.py",
        "if self.rows_rejected > self._max_rejected_rows:",
        "if self.rows_rejected > self._max_rejected_rows + 1:",
        _TABLE_WORKER,
    ),
    Mutant(
        "a cell of a rejected row may be a formula",
        "features/table/report.py",
        "*map(neutralize, row.values)",
        "*row.values",
        _TABLE_WORKER,
    ),
    Mutant(
        "a line may be of any length",
        "features/table/source.py",
        "if max(map(len, lines), default=0) > MAX_ROW or len(rest) > MAX_ROW:",
        "if False:",
        _TABLE_WORKER,
    ),
    Mutant(
        "a required column may be missing",
        "features/table/header.py",
        "position is None and c.required",
        "False",
        _TABLE_WORKER,
    ),
    Mutant(
        "a pattern may look around",
        "features/table/definition.py",
        'if _NOT_RE2.search(_LITERALS.sub("x", pattern)):',
        "if False:",
        _TABLE_DEFINITION,
    ),
    Mutant(
        "files of a kind may be larger than its step can process",
        "domain/kinds.py",
        "        definitions[step].check_size(name, max_bytes)\n",
        "",
        _TABLE_DEFINITION,
    ),
]

_CONVERSION = ("features/image/test_conversion.py",)
_HOSTILE = "features/image/test_hostile.py"
_IMAGE_WORKER = ("features/image/test_worker.py",)
_IMAGE_MUTANTS = [
    Mutant(
        "an image may have more pixels than the kind accepts",
        "features/image/decoder.py",
        "if pixels > max_pixels:",
        "if pixels > 2 * max_pixels:",
        _CONVERSION,
    ),
    Mutant(
        "Pillow's limit of pixels is only a warning",
        "features/image/decoder.py",
        'warnings.simplefilter("error"',
        'warnings.simplefilter("ignore"',
        ("features/image/test_decoder.py",),
    ),
    Mutant(
        "an image is decoded as whatever it looks like",
        "features/image/decoder.py",
        "formats=decoders",
        "formats=None",
        (f"{_HOSTILE}::test_a_hostile_image_is_rejected_or_converted[PNG of another type]",),
    ),
    Mutant(
        "the frames of an animation do not count together",
        "features/image/conversion.py",
        "(index + 1) * image.width",
        "image.width",
        _CONVERSION,
    ),
    Mutant(
        "what is known of the original goes to the encoder",
        "features/image/conversion.py",
        "upright.info = {}",
        "upright.info = dict(self.bitmap.info)",
        _CONVERSION,
    ),
    Mutant(
        "a rendition is not turned upright",
        "features/image/conversion.py",
        "upright = coloured if turn is None else coloured.transpose(turn)",
        "upright = coloured.copy()",
        _CONVERSION,
    ),
    Mutant(
        "the process of a conversion may take all the memory",
        "features/image/process.py",
        "resource.setrlimit(resource.RLIMIT_AS, (memory, memory))",
        "",
        (f"{_HOSTILE}::test_an_image_that_needs_more_memory_than_there_is_is_rejected",),
    ),
    Mutant(
        "the process of a conversion may take any time",
        "features/image/process.py",
        "resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))",
        "",
        (f"{_HOSTILE}::test_a_hostile_image_is_rejected_or_converted[JPEG of 8,000 scans]",),
    ),
    Mutant(
        "an image that kills its process is tried again",
        "features/image/sandbox.py",
        "if ended_by in _CRASHES:",
        "if False:",
        (f"{_HOSTILE}::test_an_image_that_kills_the_process_is_rejected",),
    ),
    Mutant(
        "the process that was killed by the system is the file's fault",
        "features/image/sandbox.py",
        "{signal.SIGSEGV,",
        "{signal.SIGKILL, signal.SIGSEGV,",
        (f"{_HOSTILE}::test_any_other_end_of_the_process_is_no_verdict",),
    ),
    Mutant(
        "the process of a conversion has the credentials of the role",
        "features/image/sandbox.py",
        "env={**environment,",
        "env={**os.environ,",
        (f"{_HOSTILE}::test_the_process_gets_no_credentials",),
    ),
    Mutant(
        "an original that the kind does not want is kept",
        "features/image/worker.py",
        'Passed({} if parameters.keep_original else {"keepOriginal": False})',
        "Passed()",
        _IMAGE_WORKER,
    ),
    Mutant(
        "a file may be larger than the storage of the function",
        "features/image/worker.py",
        "if job.task.size > MAX_FILE:",
        "if False:",
        _IMAGE_WORKER,
    ),
]

MUTANTS = [
    Mutant(
        "a program that is saved as one",
        "domain/download_name.py",
        'agreed = bare + _missing_extension(bare, content_type.partition(";")[0].strip())',
        "agreed = bare",
        _NAMES,
    ),
    Mutant(
        "a dotfile that is a program",
        "domain/download_name.py",
        "if suffix not in _PROGRAMS and (is_dotfile or not usual):",
        "if is_dotfile or not usual:",
        _NAMES,
    ),
    Mutant(
        "a device of Windows as a name",
        "domain/download_name.py",
        'safe = f"_{agreed}" if _RESERVED_NAMES.match(agreed) else agreed',
        "safe = agreed",
        _NAMES,
    ),
    Mutant(
        "a joiner between Latin letters",
        "domain/invisible.py",
        'if character < "\\u0600" or character in _JOINERS:',
        "if not character or character in _JOINERS:",
        _NAMES,
    ),
    Mutant(
        "an emoji that is cut in two",
        "domain/graphemes.py",
        "if previous == ZWJ or _is_extending(character):",
        "if _is_extending(character):",
        _NAMES,
    ),
    Mutant(
        "a URL of any length",
        "domain/filename.py",
        'if len(quote(header, safe="")) <= MAX_ENCODED_DISPOSITION:',
        "if header:",
        _NAMES,
    ),
    Mutant(
        "an If-None-Match of any document",
        "http/etags.py",
        'return if_none_match.strip() == "*" or format_etag(document) in _ANY_TAG.findall(if_none_match)',
        "return format_etag(document) in _ANY_TAG.findall(if_none_match)",
        ("http/test_etags.py",),
    ),
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
        '        "versionId": content.version,\n',
        "",
        _PRESIGNING,
    ),
    Mutant(
        "a page or a program of an unchecked type",
        "pipeline/content_type.py",
        "return kind.unchecked and not found.active",
        "return kind.unchecked",
        ("pipeline/test_content_type.py",),
    ),
    Mutant(
        "a document with a password in every kind",
        "pipeline/content_type.py",
        "if found is formats.ENCRYPTED and not kind.allow_passwords:",
        "if found is formats.ENCRYPTED and False:",
        ("pipeline/test_content_type.py",),
    ),
    Mutant(
        "a type of the kind that is neither detected nor declared",
        "pipeline/content_type.py",
        "if detected in kind.content_types and detected != OCTET_STREAM:",
        "if detected != OCTET_STREAM:",
        ("pipeline/test_content_type.py",),
    ),
    Mutant(
        "a write to a record that has changed",
        "adapters/dynamodb/writes.py",
        '"#revision = :revision"',
        '"#revision = :revision OR attribute_exists(pk)"',
        _RECORDS,
    ),
    Mutant(
        "a sweep that expires an upload with parts",
        "services/sweeps/due.py",
        "if is_late and extend_with_parts(",
        "if False and extend_with_parts(",
        _DEADLINES,
    ),
    Mutant(
        "a URL that outlives the deadline",
        "services/uploads.py",
        "min(url_lifetime, document.upload_deadline - now)",
        "url_lifetime",
        _DEADLINES,
    ),
    Mutant(
        "a repeated create that extends no deadline",
        "services/uploads.py",
        "        extended = self._extend_deadline(document, now)\n",
        "        extended: Document | None = document\n",
        _DEADLINES,
    ),
    Mutant(
        "part URLs after the deadline",
        "services/multipart.py",
        "        if now >= document.upload_deadline:\n            raise _upload_expired()\n",
        "",
        ("services/test_multipart.py",),
    ),
    Mutant(
        "no resume after the first deadline",
        "services/multipart.py",
        "if now >= document.upload_deadline and self._extend_with_parts(document, lambda: now):",
        "if False:",
        ("services/test_multipart.py",),
    ),
    Mutant(
        "no complete after the first deadline",
        "services/multipart.py",
        "if leased is Ignored.DEADLINE_EXCEEDED and self._extend_with_parts(document, clock):",
        "if False:",
        ("services/test_multipart_complete.py",),
    ),
    Mutant(
        "no time for the bytes after the URL",
        "domain/deadlines.py",
        " + timedelta(seconds=size / SLOWEST_LINK)",
        "",
        _DEADLINES,
    ),
    Mutant(
        "a PUT that is extended for ever",
        "domain/deadlines.py",
        "min(end, document.created_at + lifetimes.upload))",
        "end)",
        _DEADLINES,
    ),
    Mutant(
        "a part that extends an upload for ever",
        "domain/deadlines.py",
        "    end = document.created_at + lifetimes.upload\n",
        "    end = now + lifetimes.upload\n",
        _DEADLINES,
    ),
    Mutant(
        "an active upload in parts without an end",
        "domain/deadlines.py",
        "min(now + lifetimes.upload, document.created_at + lifetimes.multipart)",
        "now + lifetimes.upload",
        ("services/test_multipart.py",),
    ),
    Mutant(
        "a form that outlives the URLs",
        "domain/deadlines.py",
        "min(lifetimes.url, lifetimes.form) if",
        "lifetimes.form if",
        ("services/test_uploads.py",),
    ),
    Mutant(
        "a plan of more than ten thousand parts",
        "domain/parts.py",
        "max(target, rounded)",
        "target",
        ("domain/test_parts.py",),
    ),
    Mutant(
        "an early request for part URLs holds the slot",
        "domain/deadlines.py",
        "not (is_extended and gain >= MIN_EXTENSION)",
        "not gain >= MIN_EXTENSION",
        _DEADLINES,
    ),
    Mutant(
        "an owner who is checked when the first long upload is due",
        "adapters/dynamodb/usage.py",
        "min(now + RECHECK, *(",
        "min(*(",
        ("adapters/dynamodb/test_usage.py",),
    ),
    Mutant(
        "a recount that waits for the first long upload",
        "adapters/dynamodb/recounts.py",
        "    if due or is_created_since:",
        "    if is_created_since:",
        ("adapters/dynamodb/test_usage.py",),
    ),
    Mutant(
        "no rate of creates",
        "domain/quota.py",
        "if wait := limits.creates.wait(usage.tat, 1, now):",
        "if wait := 0:",
        _CREATE_RATE,
    ),
    Mutant(
        "no burst of creates",
        "adapters/dynamodb/usage.py",
        '"tat <= :latest"',
        '"(tat <= :latest OR tat > :latest)"',
        _CREATE_RATE,
    ),
    Mutant(
        "a create from the clock on that forgets the creates of others",
        "adapters/dynamodb/usage.py",
        "OR tat <= :now)",
        "OR tat <= :now OR tat > :now)",
        _CREATE_RATE,
    ),
    Mutant(
        "a batch that counts once",
        "adapters/dynamodb/usage.py",
        "count * (rate.interval // _MICROSECOND)",
        "rate.interval // _MICROSECOND",
        _CREATE_RATE,
    ),
    Mutant(
        "a process that forgets the rate that it has read",
        "adapters/dynamodb/documents.py",
        "        self._rates.set(owner, usage.tat)\n",
        "",
        _CREATE_RATE,
    ),
    Mutant(
        "a process that forgets the rate that it has written",
        "adapters/dynamodb/documents.py",
        "                self._rates.set(owner, limits.creates.add(tat, len(documents), now))\n",
        "",
        _CREATE_RATE,
    ),
    Mutant(
        "a last batch beyond the burst",
        "domain/rate.py",
        "self.interval * (self.burst - count)",
        "self.interval * self.burst",
        _CREATE_RATE,
    ),
    Mutant(
        "a pause that saves up more than the burst",
        "domain/rate.py",
        "start = tat if tat is not None and self.is_additive(tat, now) else now",
        "start = tat or now",
        _CREATE_RATE,
    ),
    Mutant(
        "no limit of open uploads",
        "adapters/dynamodb/usage.py",
        "#open <= :max_open",
        "(#open <= :max_open OR #open > :max_open)",
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
        "(attribute_not_exists(#files) OR #files <= :max_files)",
        "(attribute_not_exists(#files) OR attribute_exists(#files))",
        _RECORDS,
    ),
    Mutant(
        "a recount forgets an upload that is opened meanwhile",
        "adapters/dynamodb/recounts.py",
        '{} if is_created_since else {"created": recount.created}',
        "{}",
        ("adapters/dynamodb/test_usage.py",),
    ),
    Mutant(
        "a recount and the end of an upload both decrement",
        "adapters/dynamodb/recounts.py",
        "self.stored - self.open_uploads - self.closed",
        "self.stored - self.open_uploads",
        ("adapters/dynamodb/test_usage.py",),
    ),
    Mutant(
        "a decrement with an unknown outcome is retried",
        "adapters/dynamodb/client.py",
        "is_safe = self.is_repeatable or not error.may_be_processed",
        "is_safe = True",
        _TABLE_FAULTS,
    ),
    Mutant(
        "an unknown outcome is forgotten after a later error",
        "adapters/dynamodb/client.py",
        "                error.may_be_processed = may_be_processed\n",
        "",
        _TABLE_FAULTS,
    ),
    Mutant(
        "a corrupted item is returned",
        "adapters/dynamodb/client.py",
        "response.checksum != str(crc32(response.body))",
        "False",
        _TABLE_FAULTS,
    ),
    Mutant(
        "a fault of DynamoDB with an unknown code is final",
        "adapters/dynamodb/client.py",
        "self.is_temporary = status >= 500 or code in RETRYABLE",
        "self.is_temporary = code in RETRYABLE",
        _TABLE_FAULTS,
    ),
    Mutant(
        "a stale connection costs an attempt",
        "adapters/dynamodb/client.py",
        "                if error.is_stale:\n",
        "                if False:\n",
        _TABLE_FAULTS,
    ),
    Mutant(
        "a decrement is sent over a connection from before the freeze",
        "adapters/dynamodb/client.py",
        "return math.inf if self.is_repeatable else _MAX_AGE",
        "return math.inf",
        _TABLE_FAULTS,
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
        "    _row(PROCESSING, AttemptEnded, Ignored.STALE_ATTEMPT, when=guards.is_stale_attempt),\n",
        "",
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
        "pipeline/size.py",
        "        if context.staged.size != context.document.size:\n",
        "        if False:\n",
        _ENGINE,
    ),
    Mutant(
        "an empty list in a claim owns documents",
        "http/claims.py",
        " or _NOT_SCALAR.fullmatch(value)",
        "",
        ("http/test_claims.py",),
    ),
    Mutant(
        "a blank claim owns documents",
        "http/claims.py",
        " or not value.strip()",
        "",
        ("http/test_claims.py",),
    ),
    Mutant(
        "the history does not say who changed the status",
        "domain/states.py",
        "HistoryEntry(status, now, reason, actor=actor)",
        "HistoryEntry(status, now, reason)",
        ("lambdas/test_tokens.py",),
    ),
    Mutant(
        "the record does not keep who did what",
        "adapters/dynamodb/items.py",
        '        values["actor"] = entry.actor\n',
        "        pass\n",
        ("lambdas/test_tokens.py",),
    ),
    Mutant(
        "a purge keeps who did what",
        "domain/effects.py",
        "reason=None, actor=None",
        "reason=None",
        ("domain/test_effects.py",),
    ),
    Mutant(
        "a download of a document that is not ready",
        "domain/readiness.py",
        "    if document.status is not Status.READY:\n        raise _not_ready(document)\n",
        "",
        ("services/test_documents.py",),
    ),
    Mutant(
        "a manifest of a document that is not ready",
        "services/manifests.py",
        "        check_ready(document)\n",
        "",
        ("services/test_manifests.py",),
    ),
    Mutant(
        "a short integer of a signature is not filled up",
        "signing/jws.py",
        'return number.rjust(_COORDINATE, b"\\0"), der[2 + der[1] :]',
        "return number, der[2 + der[1] :]",
        ("signing/test_jws.py",),
    ),
    Mutant(
        "a sweep deletes bytes that have just arrived",
        "domain/retention.py",
        "        return now - staged.last_modified <= GRACE\n",
        "        return False\n",
        _RETENTION,
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
        "        self._empty(leased.documents_key, whole_key=True)\n        self._empty(renditions",
        "        self._empty(renditions",
        ("services/test_purge.py",),
    ),
    Mutant(
        "the staged bytes are deleted before the record is ready",
        "pipeline/engine.py",
        "        after = self._end(document, ended)\n",
        "        self._discard(document, staged.stored.version)\n"
        "        after = self._end(document, ended)\n",
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
        "pipeline/engine.py",
        "            return Outcome.STALE_ATTEMPT\n        if after",
        "            return Outcome.READY\n        if after",
        ("pipeline/test_engine_trouble.py",),
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
        "services/sweeps/staging.py",
        "staged.key in self.republished or not",
        "not",
        _SWEEPS,
    ),
    Mutant(
        "a redrive of a document that has not failed",
        "services/redrive.py",
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
        "a wished part that S3 rejects",
        "domain/parts.py",
        "max(MIN_PART, min(wish, MAX_PART))",
        "wish",
        ("domain/test_parts.py",),
    ),
    Mutant(
        "a repeated create that must wish for the same parts",
        "domain/validation.py",
        ' if name != "part_size"',
        "",
        ("lambdas/test_idempotency.py",),
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
        ':last": last}),\n        "ConsistentRead": True,\n',
        ':last": last}),\n',
        ("adapters/dynamodb/test_queries.py",),
    ),
    Mutant(
        "a verdict on another version",
        "domain/states.py",
        "    _row(ANY, ResultArrived, Ignored.STALE_ATTEMPT, when=guards.is_other_version),\n",
        "",
        _STATES,
    ),
    Mutant(
        "a report on another version",
        "domain/guards.py",
        "document.staged_version != event.version or not _is_latest_task",
        "not _is_latest_task",
        _STATES,
    ),
    Mutant(
        "facts of a stale attempt",
        "domain/states.py",
        "    _row(PROCESSING, ResultArrived, Ignored.STALE_ATTEMPT, when=guards.is_stale_result),\n",
        "",
        _STATES,
    ),
    Mutant(
        "facts before the bytes have arrived",
        "domain/states.py",
        "    _row(OPEN, ResultArrived, Ignored.STALE_ATTEMPT, when=guards.is_stale_result),\n",
        "",
        _STATES,
    ),
    Mutant(
        "the second of two verdicts counts",
        "domain/states.py",
        "    _row(PROCESSING, ResultArrived, Ignored.ALREADY_APPLIED, when=guards.has_ended),\n",
        "",
        _STATES,
    ),
    Mutant(
        "a gate without a record is skipped",
        "pipeline/run.py",
        "        if record is None or record.status",
        "        if record is None and step.name in (self.kind.steps if self.kind else ()):\n"
        "            return None\n"
        "        if record is None or record.status",
        _WORKERS,
    ),
    Mutant(
        "a verdict before its turn is dropped",
        "pipeline/run.py",
        "if result is not None and self._is_usable(result):",
        "if result is not None and self._is_usable(result) and result.step in self._records:",
        _WORKERS,
    ),
    Mutant(
        "a worker's rejection passes",
        "pipeline/run.py",
        "    if result.outcome is TaskOutcome.PASSED:",
        "    if True:",
        _WORKERS,
    ),
    Mutant("tasks without end", "pipeline/run.py", "record.tries >= MAX_TRIES", "False", _WORKERS),
    Mutant(
        "the body of a result says which step speaks",
        "messages/step_results.py",
        "                step=step,\n",
        '                step=str(more.get("step", step)),\n',
        ("messages/test_step_results.py",),
    ),
    Mutant(
        "neither the original nor a rendition is kept",
        "pipeline/promote.py",
        '    if not context.facts.get("renditions"):\n',
        "    if False:\n",
        ("pipeline/test_promote.py",),
    ),
    Mutant(
        "a fault counts as an attempt",
        "domain/effects.py",
        '"failures": max(0, document.failures - 1)',
        '"failures": document.failures',
        _STATES,
    ),
    Mutant(
        "a failed document names renditions that are swept",
        "domain/effects.py",
        '        "steps": _without_facts(steps),\n',
        '        "steps": steps,\n',
        _STATES,
    ),
    Mutant(
        "renditions of a document in progress are not counted",
        "domain/effects.py",
        "document.size + _count_bytes(event.steps)",
        "document.size",
        _STATES,
    ),
    Mutant(
        "a pipeline that frees the key of a PUT",
        "pipeline/engine.py",
        "        if document.method is Method.MULTIPART:\n            self.objects.delete",
        "        if True:\n            self.objects.delete",
        _ENGINE,
    ),
    Mutant(
        "a further version of a form is not counted",
        "pipeline/engine.py",
        "            self.repository.add_daily_bytes(document.owner, staged.stored.size, self.clock())\n",
        "",
        _ENGINE,
    ),
    Mutant(
        "a sweep that frees the key of a PUT at once",
        "domain/retention.py",
        "    return now < document.left_pending_at + url_lifetime + URL_MARGIN\n",
        "    return False\n",
        _RETENTION,
    ),
    Mutant(
        "a sweep that frees the key of a PUT when its URL expires",
        "domain/retention.py",
        "url_lifetime + URL_MARGIN\n",
        "url_lifetime\n",
        _RETENTION,
    ),
    Mutant(
        "a sweep deletes the bytes of a failed document",
        "domain/retention.py",
        "    if document.effective_status is Status.FAILED and",
        "    if False and",
        _RETENTION,
    ),
    Mutant(
        "a purge that frees the key of a PUT",
        "services/purge.py",
        "        if document.method is Method.MULTIPART:\n            self._empty(key",
        "        if True:\n            self._empty(key",
        ("services/test_purge.py",),
    ),
    Mutant(
        "a purge that leaves the renditions",
        "services/purge.py",
        "        self._empty(renditions_prefix(owner, document_id), whole_key=False)\n",
        "",
        ("services/test_purge.py",),
    ),
    Mutant(
        "a rendition that no result names is kept",
        "services/sweeps/stored.py",
        "    return is_kept and any(",
        "    return is_kept or any(",
        _SWEEPS,
    ),
    Mutant(
        "a sweep deletes renditions of a document in progress",
        "services/sweeps/stored.py",
        "    if document.is_in_progress:\n        return True\n    is_kept",
        "    is_kept",
        _SWEEPS,
    ),
    Mutant(
        "the bytes of a failed document expire too early",
        "domain/guards.py",
        "return document.bytes_expire_at is None or now < document.bytes_expire_at",
        "return document.bytes_expire_at is None",
        _STATES,
    ),
    Mutant(
        "the bytes of a failed document expire without a retention",
        "domain/guards.py",
        "return document.bytes_expire_at is None or now",
        "return document.bytes_expire_at is not None and now",
        _STATES,
    ),
    Mutant(
        "a document that is redriven still expires",
        "domain/effects.py",
        'return {"failures": 0, "steps": (), "bytes_expire_at": None}',
        'return {"failures": 0, "steps": ()}',
        _STATES,
    ),
    Mutant(
        "an attempt that crashes starts no retention",
        "pipeline/engine.py",
        "replace(ended, failed_retention=self.failed_retention, duplicates=duplicates)",
        "replace(ended, duplicates=duplicates)",
        _FAILED,
    ),
    Mutant(
        "a redrive while a purge deletes the copies",
        "domain/states.py",
        "    _row(FAILED, RedriveRequested, Ignored.LEASED, when=guards.is_leased),\n",
        "",
        _COPIES,
    ),
    Mutant(
        "a purge deletes copies before it has the lease",
        "services/purge.py",
        "        leased = apply_event(self.repository, document, CopyPurgeStarted(), self.clock)\n",
        "        self._empty(document.documents_key, whole_key=True)\n"
        "        leased = apply_event(self.repository, document, CopyPurgeStarted(), self.clock)\n",
        _COPIES,
    ),
    Mutant(
        "a purge that was overtaken deletes copies",
        "domain/states.py",
        "    _row(ANY, CopyPurgeStarted, Ignored.WRONG_STATE),",
        "    _row(ANY, CopyPurgeStarted, None, effects.lease_purge),",
        _COPIES + _STATES,
    ),
    Mutant(
        "the copy of a failed document stays for good",
        "services/sweeps/stored.py",
        "if document.status is Status.FAILED and self._is_old(stored):",
        "if False:",
        _COPIES,
    ),
    Mutant(
        "a redrive of everything by mistake",
        "messages/failed_orders.py",
        "if query == FailedQuery() and not is_all:",
        "if False:",
        ("messages/test_failed_orders.py",),
    ),
    Mutant(
        "a redrive of every kind",
        "domain/failed.py",
        "            and self.kind in (None, document.kind)\n",
        "",
        _REDRIVE,
    ),
    Mutant(
        "a redrive that begins again at each call",
        "services/redrive.py",
        "                return RedriveResult(outcomes, place)",
        "                return RedriveResult(outcomes, cursor)",
        _REDRIVE,
    ),
    Mutant(
        "a failure that is final is redriven for nothing",
        "services/redrive.py",
        'return "not_redrivable" if _is_not_redrivable(document) else "redrivable"',
        'return "redrivable"',
        _REDRIVE,
    ),
    Mutant(
        "an object that is gone is put on the quarantine list",
        "services/sweeps/stored.py",
        " or not version_exists(self.inventory, stored)",
        "",
        _REPORTS,
    ),
    Mutant(
        "an old report counts for a document that was purged since",
        "services/sweeps/stored.py",
        " if not is_purged_since(document, reported_at)",
        "",
        _REPORTS,
    ),
    Mutant(
        "a report is read in every sweep",
        "services/reports.py",
        "newest > latest.report",
        "newest >= latest.report",
        _REPORTS,
    ),
    Mutant(
        "a report is left before its end",
        "services/reports.py",
        "latest.is_end and newest",
        "newest",
        _REPORTS,
    ),
    Mutant(
        "a file of a report counts whatever its MD5",
        "adapters/s3/reports.py",
        '(head["ContentLength"], digest.hexdigest()) != (file.size, file.md5)',
        'head["ContentLength"] != file.size',
        ("adapters/s3/test_reports.py",),
    ),
    Mutant(
        "a worker in an outage gives no sign",
        "features/runner.py",
        """            self._report_progress(task, "The work waits, because a service is unavailable.")
""",
        "",
        ("features/test_runner.py",),
    ),
    Mutant(
        "a worker downloads the latest version",
        "adapters/s3/step_objects.py",
        "Key=key, VersionId=version)",
        "Key=key)",
        ("contract/test_step_objects.py",),
    ),
    Mutant(
        "a kind lists a step that cannot process its types",
        "domain/kinds.py",
        "        definitions[step].check_types(name, content_types)\n",
        "        pass\n",
        ("domain/test_kinds.py",),
    ),
    Mutant(
        "a deployer defines a step that Airlock ships",
        "domain/kinds.py",
        "for name in filter(find_shipped, defined):",
        "for name in ():",
        ("domain/test_kinds.py",),
    ),
    *_IMAGE_MUTANTS,
    Mutant(
        "a skipped scan without a threat is clean",
        "features/scan/guardduty.py",
        '(status, result) == ("COMPLETED", "NO_THREATS_FOUND")',
        'result == "NO_THREATS_FOUND"',
        _SCAN,
    ),
    Mutant(
        "threats beside a clean result are ignored",
        "features/scan/guardduty.py",
        'result == "THREATS_FOUND" or threats',
        'result == "THREATS_FOUND"',
        _SCAN,
    ),
    Mutant(
        "a verdict of another bucket counts",
        "features/scan/guardduty.py",
        "scanned_bucket != bucket or ",
        "",
        _SCAN,
    ),
    Mutant(
        "an event of another source is a verdict",
        "features/scan/guardduty.py",
        "if (source, type_name) == (_SOURCE, _TYPE)",
        "if type_name == _TYPE",
        _SCAN,
    ),
    Mutant(
        "a version that GuardDuty scans by itself is scanned twice",
        "features/scan/step.py",
        "if tries or not _is_scanned_on_arrival(context):",
        "if True:",
        _SCAN,
    ),
    Mutant(
        "a version outside of the scanned area is never scanned",
        "features/scan/step.py",
        "document.staging_key.startswith(STAGING + SCAN_AREA) and not has_failed",
        "not has_failed",
        _SCAN,
    ),
    Mutant(
        "what no scanner can look into passes by default",
        "features/scan/definition.py",
        "values.get(_INCONCLUSIVE, REJECT)",
        "values.get(_INCONCLUSIVE, ACCEPT)",
        _SCAN,
    ),
    Mutant(
        "every rejection passes where inconclusive scans are accepted",
        "pipeline/run.py",
        "isinstance(verdict, Rejected) and verdict.code in accepted",
        "isinstance(verdict, Rejected) and accepted",
        _SCAN,
    ),
    Mutant(
        "an answer of clamd that contains OK is clean",
        "features/scan/clamav.py",
        "answer == _CLEAN",
        "_CLEAN in answer",
        ("features/scan/test_clamav.py",),
    ),
    Mutant(
        "what clamd has not looked into is malware",
        "features/scan/clamav.py",
        "found[1].startswith(_NOT_SCANNED)",
        "False",
        ("features/scan/test_clamav.py",),
    ),
    Mutant(
        "a verdict in the queue of tasks counts",
        "lambdas/scan.py",
        'wiring.find_step(queue, "tasks") == SCAN',
        "False",
        ("lambdas/test_scan.py",),
    ),
    *_TABLE_MUTANTS,
    Mutant(
        "a create that does not look for duplicates",
        "domain/duplicate_creates.py",
        "return rejects and document.declared_sha256 is not None",
        "return False",
        _DUPLICATES,
    ),
    Mutant(
        "a create that rejects what is only to be reported",
        "domain/duplicate_creates.py",
        "kind.duplicates is DuplicatePolicy.REJECT",
        "kind.duplicates is not DuplicatePolicy.KEEP",
        _DUPLICATES,
    ),
    Mutant(
        "two originals of the same bytes",
        "adapters/dynamodb/digests.py",
        '"ConditionExpression": "attribute_not_exists(pk)"',
        '"ConditionExpression": "attribute_not_exists(other)"',
        _DUPLICATES,
    ),
    Mutant(
        "a digest that outlives its document",
        "adapters/dynamodb/digests.py",
        'return [{"Delete": {"TableName": table, "Key": _key(released)}}]',
        "return []",
        _DUPLICATES,
    ),
    Mutant(
        "a digest that all owners share",
        "adapters/dynamodb/digests.py",
        '"pk": digest.owner',
        '"pk": "everybody"',
        _DUPLICATES,
    ),
    Mutant(
        "a digest without the kind",
        "adapters/dynamodb/digests.py",
        "{_PREFIX}{digest.kind}#",
        "{_PREFIX}",
        _DUPLICATES,
    ),
    Mutant(
        "a digest without the size",
        "adapters/dynamodb/digests.py",
        '{digest.sha256}#{digest.size}"',
        '{digest.sha256}"',
        _DUPLICATES,
    ),
    Mutant(
        "a repeated create that is a duplicate of itself",
        "adapters/dynamodb/originals.py",
        "if used_key in found and not writes.is_expired(found[used_key], now):",
        "if False:",
        _DUPLICATES,
    ),
    Mutant(
        "an expired idempotency key that still counts",
        "adapters/dynamodb/originals.py",
        " and not writes.is_expired(found[used_key], now):",
        ":",
        _DUPLICATES,
    ),
    Mutant(
        "a lost answer that makes a document a duplicate of itself",
        "adapters/dynamodb/documents.py",
        'if cancelled[0]["Code"] == "ConditionalCheckFailed":',
        "if False:",
        _DUPLICATES,
    ),
    Mutant(
        "a reported duplicate that is rejected",
        "domain/guards.py",
        "return is_duplicate and event.duplicates is DuplicatePolicy.REJECT",
        "return is_duplicate",
        _DUPLICATES,
    ),
    Mutant(
        "a rejected duplicate that becomes ready",
        "domain/guards.py",
        "return is_duplicate and event.duplicates is DuplicatePolicy.REJECT",
        "return False",
        _DUPLICATES,
    ),
    Mutant(
        "the copy of a rejected duplicate that nobody deletes",
        "domain/effects.py",
        '        "duplicate_of": event.duplicate_of,\n        "stored_version": event.stored_version,\n    }',
        '        "duplicate_of": event.duplicate_of,\n        "stored_version": None,\n    }',
        _DUPLICATES,
    ),
    Mutant(
        "a kind that keeps duplicates and yet compares them",
        "domain/effects.py",
        "is_compared = event.duplicates is not DuplicatePolicy.KEEP",
        "is_compared = True",
        _DUPLICATES,
    ),
    Mutant(
        "a restore that takes the bytes from the new original",
        "domain/effects.py",
        'changes | {"duplicate_of": event.duplicate_of}',
        "changes",
        _DUPLICATES,
    ),
    Mutant(
        "a deleted document that stays the original",
        "domain/document.py",
        "if self.status is not Status.READY or self.digest is None",
        "if self.digest is None",
        _DUPLICATES,
    ),
    Mutant(
        "a sweep that leaves the copy of a duplicate",
        "services/sweeps/due.py",
        "if document.status is Status.REJECTED:",
        "if False:",
        _DUPLICATES,
    ),
    Mutant(
        "a purged record that tells what its bytes were",
        "domain/effects.py",
        '        "digest": None,\n',
        "",
        _DUPLICATES,
    ),
    Mutant(
        "a review that times out",
        "domain/steps.py",
        "is_in_time = self.resume_at is None or now < self.resume_at",
        "is_in_time = self.resume_at is not None and now < self.resume_at",
        _REVIEW,
    ),
    Mutant(
        "a review that every sweep starts anew",
        "domain/document.py",
        "return self.lease_until or (waiting.resume_at if waiting else self.updated_at)",
        "return self.lease_until or (waiting and waiting.resume_at) or self.updated_at",
        _REVIEW,
    ),
    Mutant(
        "a review in a partition that sweeps read",
        "adapters/dynamodb/items.py",
        'return f"{step}#{shard}"',
        "return str(shard)",
        _REVIEW,
    ),
    Mutant(
        "a list of what waits for another step",
        "domain/waiting.py",
        "return waiting is not None and waiting.name == step",
        "return waiting is not None",
        _REVIEW,
    ),
    Mutant(
        "an endless step that is still listed during its run",
        "domain/document.py",
        " and waiting.resume_at is None and self.lease_until is None",
        " and waiting.resume_at is None",
        _REVIEW,
    ),
]


def apply_mutant(mutant: Mutant, source: str) -> str:
    """Returns the source with the mutant in it. Fails unless its text occurs exactly once."""
    count = source.count(mutant.old)
    assert count == 1, f"{mutant.name!r}: {mutant.old!r} occurs {count} times in {mutant.module}"
    return source.replace(mutant.old, mutant.new)


def copy_project(target: Path, mutant: Mutant | None = None) -> Path:
    """Copies what the tests need to `target`, with the mutant in it. Returns `target`."""
    for name in ("docs", "functions", "tests", "tools"):
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
