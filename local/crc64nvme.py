"""CRC-64/NVME, S3's own checksum, at some 250 MB a second in plain Python; a loop over bytes makes 10.

A CRC is the remainder of a division of polynomials over bits. The polynomial P divides P(x^n) for each n that is a
power of two, because squaring is linear over bits: P(x)^2 = P(x^2). So a message in blocks of n bits may be divided
by P block by block, each step a few XORs of whole blocks, which Python's integers do fast.
"""

from functools import cache

_P = 0x9A6C9329AC4BC9B5
"""Reflected, as the bits are sent: bit 63 is x^0. https://reveng.sourceforge.io/crc-catalogue/all.htm, CRC-64/NVME."""
_ONES = 2**64 - 1
_STEPS = [64 - power for power in range(64) if _P >> (63 - power) & 1]
"""How far behind its own place a bit (or a block) comes in again when it is divided away."""
_SLICE = 1 << 23
_BLOCKS = (1 << 14, 1 << 9, 1 << 5)
"""Bytes; powers of two, so that 8 times as many bits are one too."""


def crc64nvme(data: bytes, before: int = 0) -> int:
    """Of `data`, or of all that led to the checksum `before` and then `data`."""
    register = before ^ _ONES
    for start in range(0, len(data), _SLICE):
        register = _divided(register, data[start : start + _SLICE])
    return register ^ _ONES


def joined(first: int, second: int, size: int) -> int:
    """The checksum of two pieces of data from that of each; `size` is the second's, in bytes."""
    return _product(first, _power_of_x(8 * size)) ^ second


def _divided(register: int, data: bytes) -> int:
    if len(data) > 8:
        head = int.from_bytes(data[:8], "little") ^ register
        data, register = head.to_bytes(8, "little") + data[8:], 0
        for size in _BLOCKS:
            data = _shortened(data, size)
    for byte in data:
        register = _BYTES[(register ^ byte) & 0xFF] ^ (register >> 8)
    return register


def _shortened(data: bytes, size: int) -> bytes:
    """64 blocks of `size` bytes with the same remainder as all of `data`."""
    if len(data) <= 64 * size:
        return data
    data = bytes(-len(data) % size) + data  # zeros in front change no remainder
    blocks = [int.from_bytes(data[at : at + size], "little") for at in range(0, len(data), size)]
    end = len(blocks) - 64
    for at in range(end):
        block = blocks[at]
        for step in _STEPS:
            blocks[at + step] ^= block
    return b"".join(block.to_bytes(size, "little") for block in blocks[end:])


def _product(a: int, b: int) -> int:
    product = 0
    for bit in range(63, -1, -1):
        if b >> bit & 1:
            product ^= a
        a = _times_x(a)
    return product


@cache
def _power_of_x(n: int) -> int:
    if n == 0:
        return 1 << 63
    half = _power_of_x(n // 2)
    square = _product(half, half)
    return _times_x(square) if n % 2 else square


def _times_x(a: int) -> int:
    return (a >> 1) ^ _P if a & 1 else a >> 1


def _of_byte(byte: int) -> int:
    for _ in range(8):
        byte = _times_x(byte)
    return byte


_BYTES = [_of_byte(byte) for byte in range(256)]
