"""Audio and video: variants by container, tag and frame header."""

import pytest

from tests.detection.detect import detect
from tests.detection.file_samples import SAMPLES, aac_frames, ebml, id3, iso_media, mp3_frames, riff


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
    ],
)
def test_variants_of_audio_and_video_are_detected(file: bytes, name: str) -> None:
    assert detect(file).name == name
