"""The emulator's process: failures to start, and that it leaves no process and no file."""

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

from local.aws import ROOT, StartError, start_emulator
from local.deployment import create_stack
from local.workers import list_workers
from tests.local.account import Account, invoke_function

_PATIENCE = 60.0


def _is_running(pid: int) -> bool:
    """Returns False for a zombie, whose command line is empty."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except (FileNotFoundError, ProcessLookupError):
        return False


def _wait_until_ended(pids: list[int]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while left := [pid for pid in pids if _is_running(pid)]:
        assert time.monotonic() < deadline, f"still running: {left}"
        time.sleep(0.02)


def test_a_port_in_use_is_reported_with_the_flag_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"port {port} .*--aws-port"), start_emulator(port):
            pass


def test_an_emulator_that_exits_keeps_its_log() -> None:
    with (
        pytest.raises(StartError, match="The log of the local AWS is") as failure,
        start_emulator(0, module="nowhere") as emulator,
    ):
        emulator.wait_until_ready()
    log = Path(str(failure.value).rpartition(" ")[2])
    assert "No module named nowhere" in log.read_text()
    shutil.rmtree(log.parent)


def test_a_failed_stack_is_reported_with_the_resource_and_the_reason(account: Account) -> None:
    queue = {"Type": "AWS::SQS::Queue"}
    configurations = [{"Event": "s3:ObjectCreated:*", "Queue": {"Fn::GetAtt": ["Queue", "Arn"]}}]
    properties = {"NotificationConfiguration": {"QueueConfigurations": configurations}}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": properties}
    with pytest.raises(StartError, match=r"(?s)ROLLBACK.*\n  Bucket: .*InvalidArgument"):
        create_stack(account.emulator, "broken", {"Resources": {"Queue": queue, "Bucket": bucket}})


def test_a_worker_is_listed_with_the_name_of_its_function(account: Account) -> None:
    name = invoke_function(account.emulator)
    [worker] = [worker for worker in list_workers(account.emulator) if worker.function == name]
    assert _is_running(worker.pid)
    assert worker.peak > 1 << 20


def test_stopping_ends_every_process_and_deletes_every_file() -> None:
    with start_emulator(0) as emulator:
        emulator.wait_until_ready()
        invoke_function(emulator)
        pids = [emulator.process.pid, *(worker.pid for worker in list_workers(emulator))]
        assert len(pids) == 2
    _wait_until_ended(pids)
    assert not emulator.folder.exists()


_PARENT = """
import sys, time
from local.aws import start_emulator
from local.workers import list_workers
from tests.local.account import invoke_function
with start_emulator(0) as emulator:
    emulator.wait_until_ready()
    invoke_function(emulator)
    print(emulator.folder, emulator.process.pid, *(worker.pid for worker in list_workers(emulator)), flush=True)
    time.sleep(600)
"""


def test_an_emulator_ends_with_a_parent_that_is_killed() -> None:
    started: dict[str, Any] = {"cwd": ROOT, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", _PARENT], **started) as parent:
        assert parent.stdout
        folder, *pids = parent.stdout.readline().split()
        assert len(pids) == 2
        os.kill(parent.pid, signal.SIGKILL)
    _wait_until_ended([int(pid) for pid in pids])
    shutil.rmtree(folder)  # its parent was killed before it could
