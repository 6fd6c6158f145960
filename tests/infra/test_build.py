"""`python app.py`: on a machine with no node, no credentials and no CDK command line, twice the same."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.build import build
from tests.infra.conftest import Checked, Variant
from tests.infra.template import NO_BUNDLE, Synthesis

ROOT = Path(__file__).parents[2]


def run_app(outdir: Path, context: dict[str, object], **environment: str) -> subprocess.CompletedProcess[str]:
    """As the CDK command line would, but with a PATH that has nothing on it."""
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={
            "HOME": os.environ.get("HOME", str(outdir)),
            "PATH": "/nonexistent",
            "PYTHONDONTWRITEBYTECODE": "1",
            "CDK_OUTDIR": str(outdir),
            "CDK_CONTEXT_JSON": json.dumps({**NO_BUNDLE, **context}),
        }
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> list[Synthesis]:
    made = []
    for seed in ("1", "2"):
        outdir = tmp_path_factory.mktemp("run")
        result = run_app(outdir, {}, PYTHONHASHSEED=seed)
        assert result.returncode == 0, result.stderr
        made.append(Synthesis(outdir))
    return made


def test_two_runs_write_the_same_template_and_name_the_same_assets(two_runs: list[Synthesis]) -> None:
    first, second = two_runs
    assert first.text == second.text
    assert first.assets() == second.assets()


def test_app_py_writes_what_build_returns(two_runs: list[Synthesis], stack: Checked) -> None:
    assert two_runs[0].text == stack.text


def test_the_stage_names_the_stack(variant: Variant) -> None:
    synthesis = variant(stage="dev-kim")
    assert [path.name for path in synthesis.outdir.glob("*.template.json")] == [
        "Airlock-dev-kim.template.json"
    ]


def test_the_template_names_no_account_and_no_region(stack: Checked) -> None:
    manifest = json.loads((stack.outdir / "manifest.json").read_text())
    assert manifest["artifacts"]["Airlock-dev"]["environment"] == "aws://unknown-account/unknown-region"
    assert "missing" not in manifest


def test_context_from_the_command_line_is_heard(tmp_path: Path) -> None:
    result = run_app(tmp_path, {"stage": "prod"})
    assert result.returncode == 1
    assert result.stderr.startswith("bad context: webOrigins")
    assert "Traceback" not in result.stderr


def test_the_pinned_flags_hold_without_the_command_line(tmp_path: Path) -> None:
    context = build(NO_BUNDLE, outdir=str(tmp_path)).node.get_all_context()
    pinned = json.loads((ROOT / "cdk.json").read_text())["context"]
    assert pinned["@aws-cdk/core:validateAgainstDefaultRules"] is True
    assert {key: context[key] for key in pinned} == pinned


def test_cdk_json_holds_none_of_the_command_lines_reserved_keys() -> None:
    cdk_json = json.loads((ROOT / "cdk.json").read_text())
    assert cdk_json["app"] == "python app.py"
    assert not [key for key in cdk_json["context"] if key.startswith("aws:cdk:")]
