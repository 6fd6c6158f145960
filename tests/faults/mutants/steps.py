"""Mutants of the steps, their workers and their results."""

from tests.faults.mutants.killers import RESCAN, REVIEW, SCAN
from tests.faults.mutants.mutant import Mutant

_FAILED = ("services/test_failed_retention.py",)
_ENGINE = ("pipeline/test_engine.py",)
_WORKERS = ("pipeline/test_workers.py", "pipeline/test_fails_closed.py")
_CRASHES = ("faults/test_crash_points.py::test_a_crash_at_any_call_leads_to_the_same_end[upload_in_parts]",)

MUTANTS = [
    Mutant(
        "a part of any size is started a minute before the end",
        "features/large_copy/worker.py",
        "max(MIN_RESERVE, plan_parts(size, MIN_PART).part_size / _SLOWEST)",
        "MIN_RESERVE",
        ("lambdas/test_large_copy.py",),
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
        "a file of another size than declared",
        "pipeline/size.py",
        "if size != context.document.size or ",
        "if ",
        _ENGINE,
    ),
    Mutant(
        "the staged bytes are deleted before the record is ready",
        "pipeline/engine.py",
        "            after = self._end(document, ended)\n",
        "            self._discard(document, staged.stored.version)\n"
        "            after = self._end(document, ended)\n",
        _CRASHES,
    ),
    Mutant(
        "a fault of the last write is a failure",
        "pipeline/engine.py",
        "            self._end_early(document, error)\n",
        '            if "ended" not in locals():\n                self._end_early(document, error)\n',
        ("pipeline/test_engine_trouble.py",),
    ),
    Mutant(
        "a stale attempt reports what another one did",
        "pipeline/engine.py",
        "            return Outcome.STALE_ATTEMPT\n        if after",
        "            return Outcome.READY\n        if after",
        ("pipeline/test_engine_trouble.py",),
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
    Mutant(
        "a file whose kind is gone keeps its type",
        "pipeline/run.py",
        "if self.kind is None and PROMOTE not in self._records:",
        "if False:",
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
        "    if not any(renditions_of(context.passed)):\n",
        "    if False:\n",
        ("pipeline/test_promote.py",),
    ),
    Mutant(
        "a later step brings back the original",
        "pipeline/step.py",
        'not any(record.facts.get("keepOriginal") is False for record in self.passed)',
        '[record.facts["keepOriginal"] for record in self.passed if "keepOriginal" in record.facts][-1:] != [False]',
        ("pipeline/test_promote.py",),
    ),
    Mutant(
        "a worker says what type the document has",
        "pipeline/step.py",
        'facts[TYPE]["contentType"]',
        '{name: value for each in facts.values() for name, value in each.items()}["contentType"]',
        ("pipeline/test_promote.py",),
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
        "a rendition of any size",
        "domain/steps.py",
        "0 <= size <= MAX_OBJECT",
        "0 <= size",
        ("messages/test_step_results.py",),
    ),
    Mutant(
        "an aborted form stores without end",
        "pipeline/engine.py",
        "not current.is_open and current.staged_version != version",
        "current.staged_version not in (None, version)",
        _ENGINE,
    ),
    Mutant(
        "an attempt that crashes starts no retention",
        "pipeline/engine.py",
        "            ended,\n            failed_retention=self.failed_retention,",
        "            ended,",
        _FAILED,
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
        "every rejection passes where inconclusive scans are accepted",
        "pipeline/run.py",
        "isinstance(verdict, Rejected) and verdict.code in accepted",
        "isinstance(verdict, Rejected) and accepted",
        SCAN,
    ),
    Mutant(
        "any step rejects a ready document",
        "pipeline/rescan.py",
        "result.step != SCAN or ",
        "",
        RESCAN,
    ),
    Mutant(
        "any code of a rescan is malware",
        "pipeline/rescan.py",
        "TaskOutcome.REJECTED if result.code == Code.MALWARE_FOUND",
        "TaskOutcome.REJECTED if result.code",
        RESCAN,
    ),
    Mutant(
        "nobody has the infected bytes purged",
        "pipeline/rescan.py",
        "        self.purge_queue.enqueue(after.owner, after.id)\n",
        "",
        RESCAN,
    ),
    Mutant(
        "the quarantine keeps what its owner has deleted",
        "pipeline/rescan.py",
        "document.status is not Status.READY or not self.quarantine.retention",
        "not self.quarantine.retention",
        RESCAN,
    ),
    Mutant(
        "a review that times out",
        "domain/steps.py",
        "is_in_time = self.resume_at is None or now < self.resume_at",
        "is_in_time = self.resume_at is not None and now < self.resume_at",
        REVIEW,
    ),
]
