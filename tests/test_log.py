"""The format of a log line. `tests/lambdas/test_logs.py` reads what the functions log."""

import json
import subprocess
import sys
from pathlib import Path


def test_a_log_line_is_one_json_object_without_trace_id_and_location() -> None:
    code = "from functions.log import logger; logger.info('message', extra={'code': 'not_found'})"
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True)
    [line] = run.stdout.splitlines()
    assert json.loads(line).keys() == {"level", "message", "timestamp", "service", "code"}
