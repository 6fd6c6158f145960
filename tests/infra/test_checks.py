"""What other people's rules say of the template."""

import cfnlint
import pytest

from infra.nag import REASONS
from tests.infra.conftest import Checked, checked

OF_A_FUNCTION = {"Serverless-LambdaDLQ", "Serverless-LambdaTracing"}
OF_A_READER = {"Serverless-LambdaEventSourceMappingDestination"}
OF_DEAD_LETTERS = {"Serverless-SQSRedrivePolicy"}
# Construct -> the findings that are meant to be; the reasons are in infra/nag.py.
ACKNOWLEDGED = {
    "Storage/Bucket": {"AwsSolutions-S1"},
    "Users/Pool": {"AwsSolutions-COG2", "AwsSolutions-COG8"},
    "Uploads/Role": {"AwsSolutions-IAM5 staging/*"},
    "Uploads/Function": OF_A_FUNCTION,
    "Documents/Role": {"AwsSolutions-IAM5 documents/*"},
    "Documents/Function": OF_A_FUNCTION,
    "Pipeline/Role": {"AwsSolutions-IAM5 staging/*", "AwsSolutions-IAM5 documents/*"},
    "Pipeline/Function": OF_A_FUNCTION,
    "Pipeline/Function/Messages": OF_A_READER,
    "ObjectCreated/DeadLetters": OF_DEAD_LETTERS,
    "Sweeps/Role": {"AwsSolutions-IAM5 staging/*"},
    "Sweeps/Function": OF_A_FUNCTION,
    "Sweeps/Schedule": {"Serverless-EventBusDLQ"},
    "Purge/Role": {"AwsSolutions-IAM5 staging/*", "AwsSolutions-IAM5 documents/*"},
    "Purge/Function": OF_A_FUNCTION,
    "Purge/Function/Messages": OF_A_READER,
    "PurgeTasks/DeadLetters": OF_DEAD_LETTERS,
    "Api/HttpApi/GET--openapi.json": {"AwsSolutions-APIG4"},
    "Api/HttpApi/GET--docs": {"AwsSolutions-APIG4"},
}


@pytest.fixture(scope="module")
def fortified(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """For production, under a key of its own, with an issuer of its own."""
    return checked(
        tmp_path_factory.mktemp("fortified"),
        stage="prod",
        webOrigins="https://app.example.com",
        kms=True,
        oidcIssuer="https://id.example.com",
        oidcAudience="web",
        scopes="documents",
    )


def test_cdk_nag_finds_nothing_that_was_not_acknowledged(stack: Checked, fortified: Checked) -> None:
    for synthesis in (stack, fortified):
        assert synthesis.failure is None
        assert synthesis.violations == []


def test_the_acknowledged_findings_are_exactly_the_known_ones(stack: Checked) -> None:
    assert acknowledged(stack) == ACKNOWLEDGED


def test_a_key_and_another_issuer_add_no_finding(fortified: Checked) -> None:
    assert acknowledged(fortified) == {
        path: known for path, known in ACKNOWLEDGED.items() if path != "Users/Pool"
    }


def acknowledged(synthesis: Checked) -> dict[str, set[str]]:
    """Construct -> findings, those of a wildcard with the prefix it ends."""
    found: dict[str, set[str]] = {}
    for finding in synthesis.meant:
        path = finding["acknowledgedAt"].partition("/")[2]
        rule, _, resource = finding["ruleName"].partition("[")
        prefix = resource.rpartition(">/")[2].removesuffix("]")
        found.setdefault(path, set()).add(f"{rule} {prefix}".strip())
    return found


def test_every_reason_is_in_use_and_says_something(stack: Checked) -> None:
    used = {finding["ruleName"].partition("[")[0] for finding in stack.meant}
    assert set(REASONS) == used
    assert all(reason.endswith(".") and len(reason) > 30 for reason in REASONS.values())


def test_no_acknowledgement_outlived_its_finding(stack: Checked) -> None:
    used = {(finding["acknowledgedAt"], finding["acknowledgedId"]) for finding in stack.meant}
    assert stack.acknowledged == used


def test_cfn_lint_has_nothing_to_say(stack: Checked, fortified: Checked) -> None:
    # W3005: CDK writes a DependsOn that a reference already implies.
    options = cfnlint.ManualArgs(regions=["us-east-1", "eu-central-1"], ignore_checks=["W3005"])
    for synthesis in (stack, fortified):
        assert cfnlint.lint(synthesis.text, config=options) == []
