"""Compares two builds byte by byte, and writes the SHA-256 of each distribution."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path


def find_differences(first: Iterable[Path], second: Iterable[Path]) -> list[str]:
    """Returns the names of the files that only one build has, or that differ."""
    left, right = _read_hashes(first), _read_hashes(second)
    return sorted({name for name, _ in left.items() ^ right.items()})


def write_checksums(folder: Path, files: Iterable[Path]) -> str:
    """Writes SHA256SUMS, as `sha256sum --check` reads it, and returns its text."""
    text = "".join(f"{digest}  {name}\n" for name, digest in sorted(_read_hashes(files).items()))
    (folder / "SHA256SUMS").write_text(text, "utf-8")
    return text


def _read_hashes(files: Iterable[Path]) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in files}
