"""Detection of a whole file, with the reads that the contract of `sniff` asks for."""

from functions.detection import HEAD_BYTES, Format, find_range, sniff


def detect(file: bytes) -> Format:
    head = file[:HEAD_BYTES]
    return sniff(head, read_more(file), len(file))


def read_more(file: bytes) -> bytes:
    """Returns the range that detection asks for besides the head."""
    further = find_range(file[:HEAD_BYTES], len(file))
    return file[further.start :][: further.length] if further else b""
