"""Hostile images, each converted as the worker does it: rejected or converted, and the worker is alive."""

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from functions.domain.codes import Code
from functions.features.image.parameters import ImageParameters
from functions.features.image.sandbox import ConversionFailed, Limits, convert_in_process
from functions.pipeline.step import Rejected
from tests.features.image.hostile import MAX_PIXELS, Case, cases
from tests.features.image.samples import corners, save

CASES = cases()
LIMITS = Limits(memory=1_792 << 20, cpu_seconds=10, seconds=300)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_hostile_image_is_rejected_or_converted(tmp_path: Path, case: Case) -> None:
    (tmp_path / "file").write_bytes(case.body)
    (tmp_path / "renditions").mkdir()
    parameters = ImageParameters(max_pixels=MAX_PIXELS, animated=case.animated)
    outcome = convert_in_process(
        tmp_path / "file", case.content_type, parameters, tmp_path / "renditions", LIMITS
    )
    if case.code is None:
        assert not isinstance(outcome, Rejected)
        assert [each.name for each in outcome] == ["large", "thumbnail"]
    else:
        assert isinstance(outcome, Rejected)
        assert outcome.code is case.code


def test_there_are_more_than_20_kinds() -> None:
    assert len(CASES) > 20


def convert(tmp_path: Path, limits: Limits, size: int = 3_000) -> object:
    (tmp_path / "file").write_bytes(save(corners(size, size), "PNG", compress_level=1))
    return convert_in_process(tmp_path / "file", "image/png", ImageParameters(), tmp_path, limits)


def test_an_image_that_needs_more_memory_than_there_is_is_rejected(tmp_path: Path) -> None:
    small = convert(tmp_path, Limits(memory=200 << 20, cpu_seconds=60, seconds=300), size=100)
    assert not isinstance(small, Rejected)
    large = convert(tmp_path, Limits(memory=200 << 20, cpu_seconds=60, seconds=300), size=6_000)
    assert large == Rejected(Code.IMAGE_TOO_LARGE, "The image needs too much memory.")


def test_a_busy_machine_is_not_the_files_fault(tmp_path: Path) -> None:
    with pytest.raises(ConversionFailed, match="took too long"):
        convert(tmp_path, Limits(memory=1_792 << 20, cpu_seconds=60, seconds=0.01))


@pytest.fixture
def interpreter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in the place of Python, which a test fills with what the process does."""
    path = tmp_path / "python"
    path.touch(mode=0o700)
    monkeypatch.setattr(sys, "executable", str(path))
    return path


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGSEGV, Code.IMAGE_UNREADABLE),
        (signal.SIGABRT, Code.IMAGE_UNREADABLE),
        (signal.SIGXCPU, Code.IMAGE_TOO_LARGE),
    ],
)
def test_an_image_that_kills_the_process_is_rejected(
    tmp_path: Path, interpreter: Path, number: signal.Signals, code: Code
) -> None:
    interpreter.write_text(f"#!/bin/sh\nkill -{number.value} $$\n")
    outcome = convert(tmp_path, LIMITS, size=4)
    assert isinstance(outcome, Rejected)
    assert outcome.code is code


@pytest.mark.parametrize("end", ["kill -9 $$", "kill -15 $$", "exit 1"])
def test_any_other_end_of_the_process_is_no_verdict(tmp_path: Path, interpreter: Path, end: str) -> None:
    """The system kills what takes the memory of others."""
    interpreter.write_text(f"#!/bin/sh\n{end}\n")
    with pytest.raises(ConversionFailed):
        convert(tmp_path, LIMITS, size=4)


def test_the_process_gets_no_credentials(
    tmp_path: Path, interpreter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    interpreter.write_text(
        f"#!/bin/sh\nenv > {tmp_path}/environment\necho '{json.dumps({'renditions': []})}'\n"
    )
    assert convert(tmp_path, LIMITS, size=4) == []
    environment = (tmp_path / "environment").read_text()
    assert os.environ["PATH"] in environment
    assert "secret" not in environment
