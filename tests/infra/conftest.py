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

Variant = Callable[..., Synthesis]


@dataclass(frozen=True)
class Checked(Synthesis):
    """A synth that cdk-nag went over."""

    failure: str | None

    @property
    def report(self) -> dict[str, Any]:
        reports = json.loads((self.outdir / "validation-report.json").read_text())["pluginReports"]
        return next((report for report in reports if report["pluginName"] == "AwsSolutions"), {})

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
    # Imported here: importing `infra` first is what tells these two where node is.
    import aws_cdk as cdk
    from cdk_nag import AwsSolutionsChecks

    outdir = tmp_path_factory.mktemp("cdk.out")
    app = build(NO_BUNDLE, outdir=str(outdir))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
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
