"""`sniff` on real files, and on any bytes: it never raises."""

import io
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.detection import HEAD_BYTES, Format, needs_tail, sniff
from tests.detection.detect import detect
from tests.detection.file_samples import SAMPLES


def test_the_python_interpreter_is_an_executable() -> None:
    assert detect(Path(sys.executable).resolve().read_bytes()).name in ("elf", "exe", "macho")


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.py", {"text", "script", "csv"}),
        ("ensurepip/_bundled/*.whl", {"zip"}),
        ("idlelib/Icons/*.png", {"png"}),
        ("idlelib/Icons/*.gif", {"gif"}),
        ("lib-dynload/*.so", {"elf", "macho"}),
    ],
)
def test_the_files_of_the_standard_library_are_detected(pattern: str, names: set[str]) -> None:
    files = list(Path(io.__file__).parent.glob(pattern))
    if not files:
        pytest.skip(f"this Python has no {pattern}")
    assert {detect(file.read_bytes()).name for file in files} <= names


any_bytes = st.binary(max_size=HEAD_BYTES)
samples = st.sampled_from([sample for sample in SAMPLES.values() if sample])


@given(any_bytes, any_bytes)
def test_no_input_raises(head: bytes, tail: bytes) -> None:
    assert isinstance(sniff(head, tail), Format)
    assert needs_tail(head) in (True, False)


@given(samples, st.data())
def test_no_damaged_file_raises(sample: bytes, data: st.DataObject) -> None:
    at, until = (data.draw(st.integers(0, len(sample))) for _ in range(2))
    damaged = sample[:at] + data.draw(st.binary(max_size=64)) + sample[until:]
    tail = damaged[data.draw(st.integers(0, len(damaged))) :]
    assert isinstance(sniff(damaged[:HEAD_BYTES], tail), Format)
    assert needs_tail(damaged.ljust(HEAD_BYTES, b"\0")) in (True, False)
