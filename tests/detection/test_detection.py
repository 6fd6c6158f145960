"""`sniff` on real files, and on any bytes: it never raises."""

import io
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.detection import HEAD_BYTES, Format, find_charset, find_range, sniff
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


any_size = st.integers(0, 1 << 43)
any_bytes = st.binary(max_size=HEAD_BYTES)
samples = st.sampled_from([sample for sample in SAMPLES.values() if sample])


@given(any_bytes, any_bytes, any_size)
def test_no_input_raises(head: bytes, more: bytes, size: int) -> None:
    assert isinstance(sniff(head, more, size), Format)
    assert find_charset(head, more, size) in (None, "utf-8", "utf-16le", "utf-16be", "iso-2022-jp")


@given(
    any_bytes | st.sampled_from([sample.ljust(HEAD_BYTES, b"\x01") for sample in SAMPLES.values()]), any_size
)
def test_a_further_range_lies_within_the_file_and_is_short(head: bytes, size: int) -> None:
    further = find_range(head[:HEAD_BYTES], size)
    assert further is None or (0 <= further.start < size and 0 < further.length <= 65_557)


@given(samples, st.data())
def test_no_damaged_file_raises(sample: bytes, data: st.DataObject) -> None:
    at, until = (data.draw(st.integers(0, len(sample))) for _ in range(2))
    damaged = sample[:at] + data.draw(st.binary(max_size=64)) + sample[until:]
    tail = damaged[data.draw(st.integers(0, len(damaged))) :]
    assert isinstance(sniff(damaged[:HEAD_BYTES], tail), Format)
    find_range(damaged[:HEAD_BYTES], len(damaged))


@pytest.mark.parametrize(
    "start", [b"From ", b"From a ", b"<!doctype x", b"<?", b"<!--", b"[", b"{", b"A: b\n", b'"', b"<a", b""]
)
@pytest.mark.parametrize(
    "filler",
    [b"a", b"a:", b"a ", b"[", b";a\\n", b'"\\"', b"/*", b"<a on", b"From ;", b"=\\n", b"-->", b" \\r\\n"],
)
def test_no_text_takes_long(start: bytes, filler: bytes) -> None:
    """A pattern that tries every way to split a text would take 100 ms and more for the longest head."""
    head = (start + filler.replace(b"\\n", b"\n").replace(b"\\r", b"\r") * HEAD_BYTES)[:HEAD_BYTES]
    began = time.process_time()
    sniff(head)
    assert time.process_time() - began < 0.05
