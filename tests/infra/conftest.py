"""One synth for all tests of the template, with cdk-nag plugged in; variants cost a fraction of the first."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from infra.build import build
from tests.infra.template import NO_BUNDLE, Synthesis, synthesise

PACKS = {"AwsSolutions", "Serverless"}
"""Of cdk-nag's rules."""

Variant = Callable[..., Synthesis]


@dataclass(frozen=True)
class Checked(Synthesis):
    """A synth that cdk-nag went over."""

    failure: str | None

    @property
    def violations(self) -> list[dict[str, Any]]:
        return self._findings("violations")

    @property
    def meant(self) -> list[dict[str, Any]]:
        """Findings that the code acknowledges."""
        return self._findings("suppressedViolations")

    def _findings(self, kind: str) -> list[dict[str, Any]]:
        reports = json.loads((self.outdir / "validation-report.json").read_text())["pluginReports"]
        packs = {report["pluginName"]: report for report in reports if report["pluginName"] in PACKS}
        assert set(packs) == PACKS
        return [finding for report in packs.values() for finding in report.get(kind, [])]

    @property
    def acknowledged(self) -> set[tuple[str, str]]:
        """(construct path, rule) of every acknowledgement in the code, found or not."""
        metadata = json.loads(next(self.outdir.glob("*.metadata.json")).read_text())
        return {
            (path.removeprefix("/"), rule)
            for path, entries in metadata.items()
            for entry in entries
            if entry["type"] == "aws:cdk:acknowledged-rules"
            for rule in entry["data"]
        }


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """The stack with no context given."""
    return checked(tmp_path_factory.mktemp("cdk.out"))


def checked(outdir: Path, **context: object) -> Checked:
    # Imported here: importing `infra` first is what tells these two where node is.
    import aws_cdk as cdk
    from cdk_nag import AwsSolutionsChecks, ServerlessChecks

    app = build({**NO_BUNDLE, **context}, outdir=str(outdir))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    try:
        app.synth()
    except RuntimeError as error:
        return Checked(outdir, str(error))
    return Checked(outdir, None)


@pytest.fixture(scope="session")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    outdir = tmp_path_factory.mktemp("prod")
    return synthesise(outdir, stage="prod", webOrigins="https://app.example.com")


@pytest.fixture
def variant(tmp_path: Path) -> Variant:
    """Synthesises the stack with the context given as keywords."""
    numbers = count()
    return lambda **context: synthesise(tmp_path / f"cdk.out-{next(numbers)}", **context)
