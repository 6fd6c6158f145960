"""cdk-nag's packs for HIPAA and NIST 800-53: no finding but those of tools/scan/compliance.py."""

import json
from pathlib import Path

import pytest

from infra.build import build
from infra.bundle import WITHOUT_BUNDLING
from tools.scan.compliance import ALWAYS, WITHOUT_KEY
from tools.scan.templates import VARIANTS

PACKS = ("HIPAA.Security", "NIST.800.53.R5")
Findings = dict[str, set[str]]
"""Rule without its pack -> constructs."""


def check(outdir: Path, variant: str) -> dict[str, Findings]:
    """Returns pack -> findings."""
    # Imported here, because importing `infra` first sets the node that both of them start.
    import aws_cdk as cdk
    from cdk_nag import HIPAASecurityChecks, NIST80053R5Checks

    app = build({**WITHOUT_BUNDLING, **VARIANTS[variant]}, outdir=str(outdir))
    cdk.Validations.of(app).add_plugins(HIPAASecurityChecks(app), NIST80053R5Checks(app))
    with pytest.raises(RuntimeError, match="Validation"):
        app.synth()
    found: dict[str, Findings] = {pack: {} for pack in PACKS}
    for report in json.loads((outdir / "validation-report.json").read_text())["pluginReports"]:
        for violation in report["violations"] if report["pluginName"] in PACKS else ():
            rule = violation["ruleName"].removeprefix(f"{report['pluginName']}-")
            paths = {each["constructPath"] for each in violation["violatingConstructs"]}
            names = {path.partition("/")[2].removesuffix("/Resource") for path in paths}
            found[report["pluginName"]].setdefault(rule, set()).update(names)
    return found


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Findings]]:
    return {name: check(tmp_path_factory.mktemp(name), name) for name in VARIANTS}


@pytest.mark.parametrize("pack", PACKS)
def test_there_is_no_finding_that_is_not_accepted(
    findings: dict[str, dict[str, Findings]], pack: str
) -> None:
    for variant, context in VARIANTS.items():
        accepted = ALWAYS if context.get("kms") else {**ALWAYS, **WITHOUT_KEY}
        for rule, constructs in findings[variant][pack].items():
            assert rule in accepted, (variant, rule, constructs)
            assert constructs <= set(accepted[rule].constructs), (variant, rule)


def test_every_accepted_finding_is_one(findings: dict[str, dict[str, Findings]]) -> None:
    found: Findings = {}
    for packs in findings.values():
        for rule, constructs in packs["HIPAA.Security"].items():
            found.setdefault(rule, set()).update(constructs)
    assert found == {rule: set(each.constructs) for rule, each in {**ALWAYS, **WITHOUT_KEY}.items()}


def test_every_reason_is_a_sentence() -> None:
    for accepted in (*ALWAYS.values(), *WITHOUT_KEY.values()):
        assert accepted.reason.endswith(".")
        assert len(accepted.reason) > 40
