"""Compares detection with other libraries on the corpus of the tests: `python -m bench.detectors`.

Every detector gets the first 4 KiB of each file; Airlock's also gets the second range that it asks for. A library that
is not installed is left out: none of them is a dependency of the project.
"""

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec

from functions.detection import HEAD_BYTES, find_range, sniff
from functions.domain.errors import InvalidInput
from functions.domain.media_types import essence
from tests.corpus import File, corpus
from tests.corpus.disguises import disguises

Detector = Callable[[bytes], str]
"""Returns the content type of a whole file, or an empty string."""


def _airlock(data: bytes) -> str:
    head = data[:HEAD_BYTES]
    further = find_range(head, len(data))
    return sniff(head, data[further.start :][: further.length] if further else b"", len(data)).content_type


def _libmagic() -> Detector:
    detector = import_module("magic").Magic(mime=True)
    return lambda data: str(detector.from_buffer(data[:HEAD_BYTES]))


def _filetype() -> Detector:
    filetype = import_module("filetype")
    return lambda data: filetype.guess_mime(data[:HEAD_BYTES]) or ""


def _puremagic() -> Detector:
    puremagic = import_module("puremagic")

    def detect(data: bytes) -> str:
        try:
            return str(puremagic.from_string(data[:HEAD_BYTES], mime=True))
        except (puremagic.PureError, ValueError):
            return ""

    return detect


def _magika() -> Detector:
    model = import_module("magika").Magika()
    return lambda data: str(model.identify_bytes(data[:HEAD_BYTES]).output.mime_type)


_OTHERS: Mapping[str, tuple[str, Callable[[], Detector]]] = {
    "libmagic": ("magic", _libmagic),
    "filetype": ("filetype", _filetype),
    "puremagic": ("puremagic", _puremagic),
    "magika": ("magika", _magika),
}


def main() -> int:
    detectors: dict[str, Detector] = {"airlock": _airlock}
    for name, (module, create) in _OTHERS.items():
        if find_spec(module):
            detectors[name] = create()
    binary = [file for file in corpus() if not _is_text(file)]
    texts = [file for file in corpus() if _is_text(file)]
    tried = list(disguises())
    print(f"{len(binary)} binary files, {len(texts)} texts, {len(tried)} disguises")
    for name, detect in detectors.items():
        right = sum(_canonical(detect(file.data)) == file.content_type for file in binary)
        as_text = sum(_is_text_type(detect(file.data)) for file in texts)
        passed = sum(_canonical(detect(data)) == declared for _, data, declared in tried)
        print(
            f"{name:10} binary right {right / len(binary):6.1%}  texts seen as text {as_text / len(texts):6.1%}"
            f"  disguises that pass {passed:4}  {_measure(detect, binary):8.1f} us CPU a file"
        )
    return 0


def _measure(detect: Detector, files: list[File]) -> float:
    """Returns the median over the files of the CPU time in microseconds."""
    spent = []
    for file in files:
        start = time.process_time_ns()
        for _ in range(3):
            detect(file.data)
        spent.append((time.process_time_ns() - start) / 3000)
    return statistics.median(spent)


def _canonical(content_type: str) -> str:
    try:
        return essence(content_type)
    except InvalidInput:
        return ""


def _is_text(file: File) -> bool:
    return _is_text_type(file.content_type)


def _is_text_type(content_type: str) -> bool:
    canonical = _canonical(content_type)
    return canonical.startswith("text/") or canonical in ("application/json", "application/x-ndjson")


if __name__ == "__main__":
    sys.exit(main())
