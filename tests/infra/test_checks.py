"""What other people's rules say of the template."""

import cfnlint

from tests.infra.conftest import Checked

# Construct -> the cdk-nag findings that are meant to be; the reason stands beside the construct.
ACKNOWLEDGED = {
    "Storage/Bucket": {"S1"},
    "Users/Pool": {"COG2", "COG8"},
    "Uploads/Role": {"IAM5 staging/*"},
    "Documents/Role": {"IAM5 documents/*"},
    "ObjectCreated/Role": {"IAM5 staging/*", "IAM5 documents/*"},
    "Janitor/Role": {"IAM5 staging/*"},
    "Purge/Role": {"IAM5 staging/*", "IAM5 documents/*"},
    "Api/HttpApi/GET--openapi.json": {"APIG4"},
    "Api/HttpApi/GET--docs": {"APIG4"},
}


def test_cdk_nag_finds_nothing_that_was_not_acknowledged(stack: Checked) -> None:
    assert stack.failure is None
    assert stack.report["violations"] == []


def test_the_acknowledged_findings_are_exactly_the_known_ones(stack: Checked) -> None:
    found: dict[str, set[str]] = {}
    for finding in stack.report["suppressedViolations"]:
        path = finding["acknowledgedAt"].removeprefix("Airlock-dev/")
        rule, _, resource = finding["ruleName"].removeprefix("AwsSolutions-").partition("[")
        prefix = resource.rpartition(">/")[2].removesuffix("]")
        found.setdefault(path, set()).add(f"{rule} {prefix}".strip())
    assert found == ACKNOWLEDGED


def test_no_acknowledgement_outlived_its_finding(stack: Checked) -> None:
    used = {
        (finding["acknowledgedAt"], finding["acknowledgedId"])
        for finding in stack.report["suppressedViolations"]
    }
    assert stack.acknowledged == used


def test_cfn_lint_has_nothing_to_say(stack: Checked) -> None:
    # W3005: CDK writes a DependsOn that a reference already implies.
    options = cfnlint.ManualArgs(regions=["us-east-1", "eu-central-1"], ignore_checks=["W3005"])
    assert cfnlint.lint(stack.text, config=options) == []
