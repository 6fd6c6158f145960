"""No byte of a file passes through a function, so the memory of the functions does not depend on its size."""

import sys

import pytest

from local.stack import LocalStack
from local.workers import list_workers
from tests.journeys.api_client import ApiClient
from tests.journeys.files import mp4, png

MIB = 1024 * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, where Linux keeps a process's peak memory")
def test_a_file_of_64_megabytes_grows_no_function_by_more_than_8_mebibytes(
    stack: LocalStack, ada: ApiClient
) -> None:
    ada.upload(png(), "warm-up.png", "image/png")
    before = {worker.pid: worker for worker in list_workers(stack.emulator)}
    assert len({worker.function for worker in before.values()}) >= 3

    document = ada.upload(mp4(64_000_000), "a.mp4", "video/mp4")

    assert document["status"] == "ready"
    growth = {
        worker.function: worker.peak - before[worker.pid].peak
        for worker in list_workers(stack.emulator)
        if worker.pid in before
    }
    assert growth.keys() == {worker.function for worker in before.values()}
    assert max(growth.values()) <= 8 * MIB, growth
