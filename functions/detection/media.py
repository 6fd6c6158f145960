"""Detection of audio and video by the first boxes, chunks or frames."""

import re

from functions.detection import formats, images
from functions.detection.formats import Format

_ISO_BRANDS = {
    b"avif": formats.AVIF,
    b"avis": formats.AVIF,
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis"), formats.HEIC),
    **dict.fromkeys((b"hevc", b"hevx", b"hevm", b"hevs"), formats.HEIC),
    b"qt  ": formats.MOV,
    b"M4A ": formats.M4A,
    b"M4B ": formats.M4A,
    b"M4P ": formats.M4A,
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3gp8", b"3gp9"), formats.THREE_GP),
    **dict.fromkeys((b"3gr6", b"3gs6", b"3ge6", b"3ge7", b"3gg6", b"3gh9"), formats.THREE_GP),
    **dict.fromkeys((b"3g2a", b"3g2b", b"3g2c"), formats.THREE_G2),
    b"crx ": formats.BINARY,  # a raw picture of a camera, not a video
}
_IMAGE_COLLECTIONS = (b"mif1", b"msf1", b"miaf")
_OLD_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_PRINTABLE = re.compile(rb"[\t\n\r -~]{4}")
_CHUNK_NAME = re.compile(rb"[0-9A-Za-z_]{3}[0-9A-Za-z_ ]")
_RIFF_CHUNK = re.compile(
    rb"(?:LIST.{4}(?:hdrl|INFO|adtl)|fmt [\x0e-\x80]\0\0\0|(?:JUNK|junk|PAD |FLLR|bext|ds64|avih).{2}[\0-\x0f]\0)",
    re.DOTALL,
)
"""First chunks of real files: a list of a known type, or a chunk whose size (little-endian) is small."""
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a]")
_SIZE_AS_CODE = re.compile(rb"[!-/:-@][ -~]{3}")
_WEBM = re.compile(rb"\x42\x82(?:[\x84-\x9f]|\x01\0{6}\x04)webm")  # element, size in one byte or eight, type

_CODEC = re.compile(
    rb"\x86[\x80-\xff]([AV])_[A-Z]"
)  # element, size, the kind of track that starts a codec's name


def detect_iso_media(head: bytes) -> Format | None:
    """Detects MP4, QuickTime, AVIF and HEIC: a box size (big-endian), `ftyp`, the major brand, compatible brands."""
    kind = head[4:8]
    if kind != b"ftyp" and kind not in _OLD_QUICKTIME:
        return None
    if _PRINTABLE.match(head) and (kind == b"ftyp" or not _CONTROL.search(head, 8)):
        return None  # text, such as "The free ...". Only the size of a box with data is that large.
    if kind != b"ftyp":
        return formats.MOV
    end = min(int.from_bytes(head[:4], "big"), len(head), 512)
    compatible = [head[at : at + 4] for at in range(16, end, 4)]
    detected = _detect_by_brand(head[8:12], compatible)
    if detected in (formats.AVIF, formats.HEIC):
        return images.reject_active_content(head, detected)
    return detected


def _detect_by_brand(major: bytes, compatible: list[bytes]) -> Format:
    if major not in _IMAGE_COLLECTIONS:
        return _ISO_BRANDS.get(major, formats.MP4)
    known = [_ISO_BRANDS[brand] for brand in compatible if brand in _ISO_BRANDS]
    return formats.AVIF if formats.AVIF in known else formats.HEIC


def detect_riff(head: bytes) -> Format | None:
    """Detects WebP, WAV and AVI: a size (little-endian), the form type, the first chunk."""
    kind = head[8:12]
    if kind == b"WEBP":
        return images.detect_webp(head)
    detected = {b"WAVE": formats.WAV, b"AVI ": formats.AVI}.get(kind)
    if detected is None or _RIFF_CHUNK.match(head, 12):
        return detected
    # A size that reads as code is that of one file in a hundred from 0.5 to 2 GB. The chunk behind it tells them apart.
    return formats.SUSPICIOUS if _SIZE_AS_CODE.match(head, 4) or not _CHUNK_NAME.match(head, 12) else detected


def detect_ebml(head: bytes) -> Format:
    """Detects WebM by the document type in the header (RFC 8794, 11.2.5). All other EBML is Matroska.

    A WebM whose tracks have only the codecs of audio is audio, as MediaRecorder writes it (RFC 9559, 5.1.4.1.21).
    """
    if not _WEBM.search(head, 0, 256):
        return formats.MKV
    kinds = set(_CODEC.findall(head))
    return formats.WEBM_AUDIO if kinds == {b"A"} else formats.WEBM


def detect_ogg(head: bytes) -> Format:
    """Detects a Theora stream, because the first pages introduce every stream (RFC 3533, 4)."""
    return formats.OGG_VIDEO if b"\x80theora" in head else formats.OGG


def find_behind_id3(head: bytes) -> int:
    """Returns the offset behind an ID3 tag, whose size is four bytes of seven bits, or 0 for a head without one.

    Source: ID3 tag version 2.4.0, main structure, 3.1 and 3.4.
    """
    size = head[6:10]
    if len(size) < 4 or head[:3] != b"ID3" or not 2 <= head[3] <= 4 or head[4] == 0xFF or max(size) >= 0x80:
        return 0
    footer = 10 if head[5] & 0x10 else 0
    return 10 + (size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3]) + footer


def detect_id3(head: bytes, more: bytes) -> Format | None:
    """Detects the audio behind an ID3 tag: MP3, AAC or FLAC. `more` is what follows a tag that the head does not end."""
    start = find_behind_id3(head)
    if not start:
        return None
    # Some writers fill up the tag with zeros that its size leaves out.
    body = (head[start:] if start + 16 <= len(head) or not more else more).lstrip(b"\0")
    if body.lstrip().startswith(b"<"):
        return formats.SUSPICIOUS
    if body.startswith(b"fLaC"):
        return formats.FLAC
    return formats.AAC if _adts_frame_length(body) else formats.MP3


_MPEG1_LAYER3 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG1_LAYER2 = (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_MPEG2_LAYERS = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
"""Bit rates in kbit/s by the header's bit rate index, which starts at 1.

Source: ISO/IEC 11172-3, 2.4.2.3, and 13818-3 for the lower rates.
"""

_SAMPLE_RATES = {
    0b11: (44_100, 48_000, 32_000),
    0b10: (22_050, 24_000, 16_000),
    0b00: (11_025, 12_000, 8_000),
}
"""Sample rates in Hz by the two version bits: MPEG 1, 2 and 2.5."""


def detect_mpeg_audio(head: bytes) -> Format | None:
    """Detects MP3 and AAC without a tag. A second frame has to follow, because eleven bits are a weak signature."""
    if length := _adts_frame_length(head):
        return formats.AAC if _has_second_frame(head, length, 0xF6) else None
    if length := _mpeg_frame_length(head):
        return formats.MP3 if _has_second_frame(head, length, 0xFE) else None
    return None


def _has_second_frame(head: bytes, length: int, mask: int) -> bool:
    following = head[length : length + 2]
    if not following:
        return length == len(head)
    return following[0] == 0xFF and len(following) == 2 and following[1] & mask == head[1] & mask


def _adts_frame_length(data: bytes) -> int:
    """Returns the length in bytes of the AAC frame at the start of `data`, or 0."""
    if len(data) < 7 or data[0] != 0xFF or data[1] & 0xF6 != 0xF0 or data[2] >> 2 & 15 > 12:
        return 0
    length = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
    return length if length >= 7 else 0


def _mpeg_frame_length(data: bytes) -> int:
    """Returns the length in bytes of the layer II or III frame at the start of `data`, or 0.

    Layer I is left out, because the byte order mark of UTF-16 looks like its header.
    """
    if len(data) < 4 or data[1] & 0xE0 != 0xE0:
        return 0
    version, layer = data[1] >> 3 & 3, data[1] >> 1 & 3
    bit_rate, sample_rate = data[2] >> 4, data[2] >> 2 & 3
    if version == 0b01 or layer not in (0b01, 0b10) or bit_rate in (0, 15) or sample_rate == 3:
        return 0
    is_mpeg1, is_layer3 = version == 0b11, layer == 0b01
    rates = (_MPEG1_LAYER3 if is_layer3 else _MPEG1_LAYER2) if is_mpeg1 else _MPEG2_LAYERS
    samples_in_bytes = 72 if is_layer3 and not is_mpeg1 else 144
    padding = data[2] >> 1 & 1
    return samples_in_bytes * rates[bit_rate - 1] * 1000 // _SAMPLE_RATES[version][sample_rate] + padding


def detect_mpeg_stream(head: bytes) -> Format | None:
    """Detects a program stream by the markers of its pack (ISO/IEC 13818-1, 2.5.3.3), or a stream of MPEG video."""
    if head[3:4] == b"\xb3":
        return formats.MPEG if len(head) >= 8 and head[7] & 0x0F in range(1, 9) else None
    is_pack = len(head) > 4 and (head[4] & 0xC4 == 0x44 or head[4] & 0xF1 == 0x21)
    return formats.MPEG if is_pack else None


def detect_transport_stream(head: bytes) -> Format | None:
    """Detects a transport stream by the first byte of its packets of 188 bytes, or 192 with a time code before each."""
    for start, step in ((0, 188), (4, 192)):
        packets = head[start : start + 5 * step : step]
        if len(packets) == 5 and packets == b"G" * 5 and _CONTROL.search(head, 0, 188):
            return formats.MPEG_TS
    return None


def detect_iff(head: bytes) -> Format | None:
    """Detects AIFF by its form type. The first chunk is short, so its size (big-endian) starts with zero."""
    return formats.AIFF if head[8:12] in (b"AIFF", b"AIFC") and head[16:17] == b"\0" else None
