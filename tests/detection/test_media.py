"""Audio and video: variants by container, tag and frame header."""

import pytest

from tests.detection.detect import detect
from tests.detection.file_samples import SAMPLES, aac_frames, ebml, id3, iso_media, mp3_frames, riff


def long_id3(body: bytes) -> bytes:
    """Returns `body` behind a tag with a picture, which the head does not show in full."""
    return b"ID3\x03\0\0\0\0\x2e\x70" + bytes(0x2E << 7 | 0x70) + body


@pytest.mark.parametrize(
    ("file", "name"),
    [
        pytest.param(iso_media(b"dash", b"iso6"), "mp4", id="MP4 with an unlisted brand"),
        pytest.param(iso_media(b"crx ", b"isom"), "binary", id="raw picture of a camera"),
        pytest.param(b"\0\0\0\x08wide\0\0\x10\0mdat" + bytes(40), "mov", id="QuickTime without ftyp"),
        pytest.param(b"RIFX" + riff(b"WAVE", (b"fmt ", bytes(16)))[4:], "wav", id="big-endian WAV"),
        pytest.param(b"RF64" + riff(b"WAVE", (b"ds64", bytes(28)))[4:], "wav", id="WAV larger than 4 GiB"),
        pytest.param(id3(mp3_frames()), "mp3", id="MP3 behind a tag"),
        pytest.param(id3(aac_frames()), "aac", id="AAC behind a tag"),
        pytest.param(id3(SAMPLES["flac"]), "flac", id="FLAC behind a tag"),
        pytest.param((b"\xff\xf3\x40\xc0" + bytes(100)), "mp3", id="MPEG 2 layer III, 32 kbit/s"),
        pytest.param((b"\xff\xfd\x80\0" + bytes(413)) * 10, "mp3", id="MPEG 1 layer II, 128 kbit/s"),
        pytest.param(ebml(b"other"), "mkv", id="EBML of another type"),
        pytest.param(long_id3(aac_frames()), "aac", id="AAC behind a tag of 6 kB"),
        pytest.param(long_id3(mp3_frames()), "mp3", id="MP3 behind a tag of 6 kB"),
        pytest.param(long_id3(SAMPLES["flac"]), "flac", id="FLAC behind a tag of 6 kB"),
        pytest.param(long_id3(bytes(700) + aac_frames()), "aac", id="AAC behind a tag and zeros"),
        pytest.param(long_id3(b" <html>"), "suspicious", id="a page behind a tag of 6 kB"),
        *(
            pytest.param(
                b"RIFF" + size + riff(kind, (chunk, content))[8:], name, id=f"{name} whose size is {size!r}"
            )
            for size in (b"\x24ABC", b"/*ab", b"=1;a", b"{}  ", b"####")
            for kind, chunk, content, name in (
                (b"AVI ", b"LIST", b"hdrlavih" + bytes(60), "avi"),
                (b"AVI ", b"JUNK", bytes(60), "avi"),
                (b"WAVE", b"fmt ", bytes(16), "wav"),
                (b"WAVE", b"LIST", b"INFOISFT" + bytes(20), "wav"),
            )
        ),
        pytest.param(b"#ABCmdat\0\0\x01\x65" + bytes(40), "mov", id="QuickTime whose size is printable"),
        pytest.param(ebml(b"webm") + b"\x86\x86A_OPUS" + bytes(40), "webm", id="WebM with sound"),
    ],
)
def test_variants_of_audio_and_video_are_detected(file: bytes, name: str) -> None:
    assert detect(file).name == name


@pytest.mark.parametrize(
    ("codecs", "content_type"),
    [
        ((b"A_OPUS",), "audio/webm"),
        ((b"A_VORBIS",), "audio/webm"),
        ((b"V_VP9",), "video/webm"),
        ((b"V_VP8", b"A_OPUS"), "video/webm"),
        ((), "video/webm"),
    ],
)
def test_a_webm_without_a_film_is_sound(codecs: tuple[bytes, ...], content_type: str) -> None:
    tracks = b"".join(b"\x86" + bytes([0x80 | len(codec)]) + codec + bytes(9) for codec in codecs)
    assert detect(ebml(b"webm") + tracks).content_type == content_type
