"""Says what a deleted stack leaves in the account: `python -m infra.teardown stage=prod`. `make destroy` runs it first."""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.build import build
from infra.bundle import WITHOUT_BUNDLING
from infra.checks import ContextError

_NOUNS = {
    "AWS::S3::Bucket": "bucket with all files, in every version",
    "AWS::DynamoDB::Table": "table of all records; it is protected from deletion",
    "AWS::Cognito::UserPool": "user pool; it is protected from deletion",
    "AWS::KMS::Key": "KMS key; what it encrypted is lost once the key is deleted",
    "AWS::Logs::LogGroup": "log group, whose lines expire after a month",
}
_LOCKED = "bucket of the audit trail; nobody can delete its objects before their locks end (auditDays)"
# A table is lost with the stack, but a bucket that is not empty ends the deletion with an error.
_EPHEMERAL = (
    "Nothing stays: the stage {stage} is ephemeral. Empty its bucket first, otherwise the deletion fails."
)
_RETAINED = "The stack Airlock-{stage} is deleted. These resources stay in the account, and are billed:"
_AFTER = "A new deployment of the stage creates new, empty ones. docs/deploy.md says how to delete these, or to use them again."


def describe(settings: Mapping[str, str]) -> str:
    """Returns what the stack of these settings leaves. Raises ContextError."""
    context = {"webOrigins": "https://unused.example"} | dict(settings)
    stage = context.get("stage", "dev")
    with TemporaryDirectory() as directory:
        build({**WITHOUT_BUNDLING, **context}, outdir=directory).synth()
        template = json.loads((Path(directory) / f"Airlock-{stage}.template.json").read_text())
    retained = list(_retained(template))
    if not retained:
        return _EPHEMERAL.format(stage=stage)
    counted = [f"  {count} x {noun}" for noun, count in Counter(retained).items()]
    return "\n".join((_RETAINED.format(stage=stage), *counted, _AFTER))


def _retained(template: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Iterator[str]:
    for resource in template["Resources"].values():
        if resource.get("DeletionPolicy") == "Retain":
            is_locked = "ObjectLockConfiguration" in resource.get("Properties", {})
            yield _LOCKED if is_locked else _NOUNS[resource["Type"]]


if __name__ == "__main__":
    try:
        text = describe(dict(argument.split("=", 1) for argument in sys.argv[1:]))
    except ContextError as error:
        sys.exit(f"invalid context: {error}")
    print(text)  # noqa: T201 - output of a command
