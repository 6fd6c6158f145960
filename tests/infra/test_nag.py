"""cdk-nag: no finding but those of infra/nag.py. cfn-lint and checkov run in `make scan`."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.build import build
from infra.bundle import WITHOUT_BUNDLING
from infra.nag import REASONS
from tools.scan.templates import VARIANTS

PACKS = {"AwsSolutions", "Serverless"}
OF_A_FUNCTION = {"Serverless-LambdaDLQ", "Serverless-LambdaTracing"}
OF_A_CONSUMER = {"Serverless-LambdaEventSourceMappingDestination"}
OF_A_DEAD_LETTER_QUEUE = {"Serverless-SQSRedrivePolicy"}
SUPPRESSED = {
    "Storage/Bucket": {"AwsSolutions-S1"},
    "Users/Pool": {"AwsSolutions-COG2", "AwsSolutions-COG8"},
    "Uploads/Role": {"AwsSolutions-IAM5 staging/*"},
    "Uploads/Function": OF_A_FUNCTION,
    "Documents/Role": {"AwsSolutions-IAM5 documents/*", "AwsSolutions-IAM5 renditions/*"},
    "Documents/Function": OF_A_FUNCTION,
    "Pipeline/Role": {"AwsSolutions-IAM5 staging/*", "AwsSolutions-IAM5 documents/*"},
    "Pipeline/Function": OF_A_FUNCTION,
    "Pipeline/Function/Messages": OF_A_CONSUMER,
    "Pipeline/Function/PromoteResults": OF_A_CONSUMER,
    "LargeCopy/Role": {"AwsSolutions-IAM5 staging/*", "AwsSolutions-IAM5 documents/*"},
    "LargeCopy/Function": OF_A_FUNCTION,
    "LargeCopy/Function/Tasks": OF_A_CONSUMER,
    "Steps/Promote/Tasks/DeadLetters": OF_A_DEAD_LETTER_QUEUE,
    "Steps/Promote/Results/DeadLetters": OF_A_DEAD_LETTER_QUEUE,
    "ObjectCreated/DeadLetters": OF_A_DEAD_LETTER_QUEUE,
    "Sweeps/Role": {"AwsSolutions-IAM5 staging/*", "AwsSolutions-IAM5 renditions/*"},
    "Sweeps/Function": OF_A_FUNCTION,
    "Sweeps/Function/Messages": OF_A_CONSUMER,
    "SweepSlices/DeadLetters": OF_A_DEAD_LETTER_QUEUE,
    "Sweeps/Schedule": {"Serverless-EventBusDLQ"},
    "Purge/Role": {
        "AwsSolutions-IAM5 staging/*",
        "AwsSolutions-IAM5 documents/*",
        "AwsSolutions-IAM5 renditions/*",
        "AwsSolutions-IAM5 quarantine/*",
    },
    "Purge/Function": OF_A_FUNCTION,
    "Purge/Function/Messages": OF_A_CONSUMER,
    "PurgeTasks/DeadLetters": OF_A_DEAD_LETTER_QUEUE,
    "Api/HttpApi/GET--openapi.json": {"AwsSolutions-APIG4"},
    "Api/HttpApi/HEAD--openapi.json": {"AwsSolutions-APIG4"},
    "Api/HttpApi/GET--docs": {"AwsSolutions-APIG4"},
    "Api/HttpApi/HEAD--docs": {"AwsSolutions-APIG4"},
}
"""Construct -> suppressed findings; a wildcard with the prefix that it ends."""


@dataclass(frozen=True)
class NagReport:
    """The files of a synthesis with cdk-nag plugged in, and the message of its failure."""

    outdir: Path
    failure: str | None

    def findings(self, kind: str) -> list[dict[str, Any]]:
        reports = json.loads((self.outdir / "validation-report.json").read_text())["pluginReports"]
        packs = {report["pluginName"]: report for report in reports if report["pluginName"] in PACKS}
        assert set(packs) == PACKS
        return [finding for report in packs.values() for finding in report.get(kind, [])]

    def suppressed(self) -> dict[str, set[str]]:
        """Returns construct -> suppressed findings."""
        suppressed: dict[str, set[str]] = {}
        for finding in self.findings("suppressedViolations"):
            path = finding["acknowledgedAt"].partition("/")[2]
            rule, _, resource = finding["ruleName"].partition("[")
            prefix = resource.rpartition(">/")[2].removesuffix("]")
            suppressed.setdefault(path, set()).add(f"{rule} {prefix}".strip())
        return suppressed

    def suppressions(self) -> set[tuple[str, str]]:
        """Returns (construct path, rule) of every suppression in the code, with or without a finding."""
        metadata = json.loads(next(self.outdir.glob("*.metadata.json")).read_text())
        return {
            (path.removeprefix("/"), rule)
            for path, entries in metadata.items()
            for entry in entries
            if entry["type"] == "aws:cdk:acknowledged-rules"
            for rule in entry["data"]
        }


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NagReport]:
    return {name: check(tmp_path_factory.mktemp(name), name) for name in VARIANTS}


def check(outdir: Path, variant: str) -> NagReport:
    # Imported here, because importing `infra` first sets the node that both of them start.
    import aws_cdk as cdk
    from cdk_nag import AwsSolutionsChecks, ServerlessChecks

    app = build({**WITHOUT_BUNDLING, **VARIANTS[variant]}, outdir=str(outdir))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    try:
        app.synth()
    except RuntimeError as error:
        return NagReport(outdir, str(error))
    return NagReport(outdir, None)


@pytest.mark.parametrize("variant", VARIANTS)
def test_there_is_no_finding_that_is_not_suppressed(reports: dict[str, NagReport], variant: str) -> None:
    assert reports[variant].failure is None
    assert reports[variant].findings("violations") == []


def test_exactly_the_known_findings_are_suppressed(reports: dict[str, NagReport]) -> None:
    assert reports["default"].suppressed() == SUPPRESSED


def test_a_kms_key_and_another_issuer_add_no_finding(reports: dict[str, NagReport]) -> None:
    known = {path: findings for path, findings in SUPPRESSED.items() if path != "Users/Pool"}
    assert reports["production"].suppressed() == known


def test_every_reason_is_used_and_is_a_sentence(reports: dict[str, NagReport]) -> None:
    findings = [each for report in reports.values() for each in report.findings("suppressedViolations")]
    assert set(REASONS) == {finding["ruleName"].partition("[")[0] for finding in findings}
    assert all(reason.endswith(".") and len(reason) > 30 for reason in REASONS.values())


def test_every_suppression_has_a_finding(reports: dict[str, NagReport]) -> None:
    findings = reports["default"].findings("suppressedViolations")
    used = {(finding["acknowledgedAt"], finding["acknowledgedId"]) for finding in findings}
    assert reports["default"].suppressions() == used
