"""Sound and film by FFmpeg's libraries, which PyAV brings along."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av

from tests.corpus import File

_SECOND = 25
_SILENT = {"libx265": {"x265-params": "log-level=none"}}
# Container, content type, its codecs, options of the container.
FILMS: tuple[tuple[str, str, tuple[str, ...], dict[str, str]], ...] = (
    ("mp4", "video/mp4", ("libx264", "libx265", "mpeg4"), {}),
    ("mp4", "video/mp4", ("libx264",), {"movflags": "frag_keyframe+empty_moov"}),
    ("mp4", "video/mp4", ("libx264",), {"movflags": "faststart"}),
    ("mov", "video/quicktime", ("libx264", "mjpeg"), {}),
    ("webm", "video/webm", ("libvpx", "libvpx-vp9"), {}),
    ("matroska", "video/x-matroska", ("libx264", "libvpx"), {}),
    ("avi", "video/x-msvideo", ("mpeg4", "mjpeg"), {}),
)
SOUNDS: tuple[tuple[str, str, tuple[str, ...], dict[str, str]], ...] = (
    ("mp3", "audio/mpeg", ("libmp3lame",), {}),
    ("mp3", "audio/mpeg", ("libmp3lame",), {"id3v2_version": "0"}),
    ("mp3", "audio/mpeg", ("libmp3lame",), {"id3v2_version": "3"}),
    ("adts", "audio/aac", ("aac",), {}),
    ("wav", "audio/wav", ("pcm_s16le", "pcm_s24le", "pcm_f32le", "pcm_u8"), {}),
    ("flac", "audio/flac", ("flac",), {}),
    ("ogg", "audio/ogg", ("libopus", "flac"), {}),
    ("ipod", "audio/mp4", ("aac",), {}),
    ("webm", "audio/webm", ("libopus",), {}),
)
RATES = (8_000, 22_050, 44_100, 48_000)


def files() -> Iterator[File]:
    for container, content_type, codecs, options in FILMS:
        for codec in codecs:
            for width in (64, 320):
                how = f"{container} {codec} {width} {options}"
                yield File(
                    content_type,
                    how,
                    _made(container, options, partial(_encode_film, codec=codec, width=width)),
                )
    for container, content_type, codecs, options in SOUNDS:
        for codec in codecs:
            for rate in RATES if codec not in ("libopus",) else (48_000,):
                how = f"{container} {codec} {rate} {options}"
                yield File(
                    content_type,
                    how,
                    _made(container, options, partial(_encode_sound, codec=codec, rate=rate)),
                )


def _made(container: str, options: dict[str, str], encode: Callable[[Any], None]) -> bytes:
    # On a disk: with `faststart` FFmpeg opens its own output again.
    with TemporaryDirectory() as folder:
        path = Path(folder) / "made"
        with av.open(path, "w", format=container, options=options) as output:
            encode(output)
        return path.read_bytes()


def _encode_film(output: Any, codec: str, width: int) -> None:
    stream: Any = output.add_stream(codec, rate=_SECOND, options=_SILENT.get(codec, {}))
    stream.width, stream.height = width, width // 2
    stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    for number in range(_SECOND):
        frame = av.VideoFrame(width, width // 2, stream.pix_fmt)
        for plane in frame.planes:
            plane.update(bytes([number * 7 % 256]) * plane.buffer_size)
        frame.pts = number
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def _encode_sound(output: Any, codec: str, rate: int) -> None:
    stream: Any = output.add_stream(codec, rate=rate)
    stream.layout = "mono"
    resampler = av.AudioResampler(
        stream.format, "mono", rate, frame_size=stream.codec_context.frame_size or 1024
    )
    for number in range(rate // 1000):
        frame = av.AudioFrame("s16", "mono", 1000)
        frame.sample_rate, frame.pts = rate, number * 1000
        frame.planes[0].update(bytes(number * 31 % 200 for _ in range(frame.planes[0].buffer_size)))
        for part in resampler.resample(frame):
            output.mux(stream.encode(part))
    output.mux(stream.encode(None))
