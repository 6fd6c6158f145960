"""The emulator's process: how it fails to start, and that nothing of it stays."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from local.aws import ROOT, StartError, running_emulator
from local.stack import create
from local.workers import workers
from tests.local.account import Account, invoke_function

_PATIENCE = 60.0


def _runs(pid: int) -> bool:
    """A process that ended but that nobody has waited for has no command line any more."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except (FileNotFoundError, ProcessLookupError):
        return False


def _until_none_runs(pids: list[int]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while left := [pid for pid in pids if _runs(pid)]:
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.02)


def test_a_port_in_use_is_named_with_the_flag_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"port {port} .*--aws-port"), running_emulator(port):
            pass


def test_an_emulator_that_ends_at_once_leaves_its_log_for_whoever_reads_the_message() -> None:
    with (
        pytest.raises(StartError, match="The log of the local AWS is") as failure,
        running_emulator(0, module="nowhere") as it,
    ):
        it.wait_until_ready()
    log = Path(str(failure.value).rpartition(" ")[2])
    assert "No module named nowhere" in log.read_text()
    shutil.rmtree(log.parent)


def test_a_stack_that_fails_says_which_resource_and_why(account: Account) -> None:
    queue = {"Type": "AWS::SQS::Queue"}
    told = [{"Event": "s3:ObjectCreated:*", "Queue": {"Fn::GetAtt": ["Queue", "Arn"]}}]
    properties = {"NotificationConfiguration": {"QueueConfigurations": told}}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": properties}
    with pytest.raises(StartError, match=r"(?s)ROLLBACK.*\n  Bucket: .*InvalidArgument"):
        create(account.emulator, "broken", {"Resources": {"Queue": queue, "Bucket": bucket}})


def test_the_process_of_a_function_is_found_by_the_functions_name(account: Account) -> None:
    name = invoke_function(account.emulator)
    [worker] = [worker for worker in workers(account.emulator) if worker.function == name]
    assert _runs(worker.pid)
    assert worker.peak > 1 << 20


def test_stopping_ends_every_process_and_removes_every_file() -> None:
    with running_emulator(0) as emulator:
        emulator.wait_until_ready()
        invoke_function(emulator)
        pids = [emulator.process.pid, *(worker.pid for worker in workers(emulator))]
        assert len(pids) == 2
    _until_none_runs(pids)
    assert not emulator.folder.exists()


_PARENT = """
import sys, time
from local.aws import running_emulator
from local.workers import workers
from tests.local.account import invoke_function
with running_emulator(0) as emulator:
    emulator.wait_until_ready()
    invoke_function(emulator)
    print(emulator.folder, emulator.process.pid, *(worker.pid for worker in workers(emulator)), flush=True)
    time.sleep(600)
"""


def test_an_emulator_does_not_outlive_a_parent_that_was_killed() -> None:
    started: dict[str, Any] = {"cwd": ROOT, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", _PARENT], **started) as parent:
        assert parent.stdout
        folder, *pids = parent.stdout.readline().split()
        assert len(pids) == 2
        os.kill(parent.pid, signal.SIGKILL)
    _until_none_runs([int(pid) for pid in pids])
    shutil.rmtree(folder)  # nobody else is left to do it
