"""No byte of a file passes through a function: their memory must not know how large it was."""

import sys

import pytest

from local.stack import LocalStack
from local.workers import list_workers
from tests.journeys.client import Client
from tests.journeys.files import mp4, png

MIB = 1024 * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, where Linux keeps a process's peak memory")
def test_a_file_of_64_megabytes_grows_no_function_by_more_than_8(stack: LocalStack, ada: Client) -> None:
    ada.upload(png(), "warm-up.png", "image/png")
    before = {worker.pid: worker for worker in list_workers(stack.emulator)}
    assert len({worker.function for worker in before.values()}) >= 3

    document = ada.upload(mp4(64_000_000), "a.mp4", "video/mp4")

    assert document["status"] == "ready"
    grown = {
        worker.function: worker.peak - before[worker.pid].peak
        for worker in list_workers(stack.emulator)
        if worker.pid in before
    }
    assert grown.keys() == {worker.function for worker in before.values()}
    assert max(grown.values()) <= 8 * MIB, grown
