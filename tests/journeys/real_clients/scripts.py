"""Scripts that upload a file with one client and print its document as JSON."""

import json
import os
import subprocess
from pathlib import Path

from local.stack import LocalStack

FOLDER = Path(__file__).parent
RUNS_ALL = os.environ.get("AIRLOCK_CLIENTS") == "all"


def run_script(stack: LocalStack, file: Path, program: Path, script: Path, *arguments: str) -> str:
    """Returns the status of the document. `program` is the script's interpreter."""
    result = subprocess.run(
        [program, script, stack.api, file, *arguments],
        env=os.environ | {"AIRLOCK_TOKEN": stack.users[0].access_token},
        stdout=subprocess.PIPE,
        check=True,
    )
    status: str = json.loads(result.stdout)["status"]
    return status
