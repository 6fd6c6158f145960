"""Detection of a whole file, with the reads that the contract of `sniff` asks for."""

from functions.detection import HEAD_BYTES, TAIL_BYTES, Format, needs_tail, sniff


def detect(file: bytes) -> Format:
    head = file[:HEAD_BYTES]
    return sniff(head, file[-TAIL_BYTES:]) if needs_tail(head) else sniff(head)
