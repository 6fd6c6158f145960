"""`python app.py`: reproducible, and without node, credentials and the CDK command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

from infra.build import build
from infra.bundle import WITHOUT_BUNDLING
from tests.infra.conftest import Variant
from tests.infra.template import Synthesis

ROOT = Path(__file__).parents[2]


def run_app(outdir: Path, context: dict[str, object], **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs app.py as the CDK command line does, but with an empty PATH."""
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={
            "HOME": os.environ.get("HOME", str(outdir)),
            "PATH": "/nonexistent",
            "PYTHONDONTWRITEBYTECODE": "1",
            "CDK_OUTDIR": str(outdir),
            "CDK_CONTEXT_JSON": json.dumps({**WITHOUT_BUNDLING, **context}),
        }
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_app_py_writes_the_template_and_the_assets_of_build(tmp_path: Path, stack: Synthesis) -> None:
    """The synthesis of `stack` has another hash seed, so no order of a set reaches the template."""
    result = run_app(tmp_path, {}, PYTHONHASHSEED="1")
    assert result.returncode == 0, result.stderr
    written = Synthesis(tmp_path)
    assert written.text == stack.text
    assert written.assets() == stack.assets()


def test_the_stage_names_the_stack(variant: Variant) -> None:
    synthesis = variant(stage="dev-kim")
    assert [path.name for path in synthesis.outdir.glob("*.template.json")] == [
        "Airlock-dev-kim.template.json"
    ]


def test_the_template_names_no_account_and_no_region(stack: Synthesis) -> None:
    manifest = json.loads((stack.outdir / "manifest.json").read_text())
    assert manifest["artifacts"]["Airlock-dev"]["environment"] == "aws://unknown-account/unknown-region"
    assert "missing" not in manifest


def test_context_of_the_command_line_is_validated(tmp_path: Path) -> None:
    result = run_app(tmp_path, {"stage": "prod"})
    assert result.returncode == 1
    assert result.stderr.startswith("invalid context: webOrigins")
    assert "Traceback" not in result.stderr


def test_the_kinds_file_is_validated_at_synthesis(tmp_path: Path) -> None:
    (tmp_path / "kinds.toml").write_text("[text]\nmax_bytes = 3\n")
    result = run_app(tmp_path, {"kindsFile": str(tmp_path / "kinds.toml")})
    assert result.returncode == 1
    assert result.stderr.startswith("invalid context: kindsFile")
    assert "text needs content_types" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_feature_flags_of_cdk_json_apply_without_the_command_line(tmp_path: Path) -> None:
    context = build(WITHOUT_BUNDLING, outdir=str(tmp_path)).node.get_all_context()
    pinned = json.loads((ROOT / "cdk.json").read_text())["context"]
    assert pinned["@aws-cdk/core:validateAgainstDefaultRules"] is True
    assert {key: context[key] for key in pinned} == pinned


def test_cdk_json_has_no_reserved_key() -> None:
    cdk_json = json.loads((ROOT / "cdk.json").read_text())
    assert cdk_json["app"] == "make --silent --no-print-directory app"
    assert not [key for key in cdk_json["context"] if key.startswith("aws:cdk:")]
