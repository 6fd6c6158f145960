"""Films in the one format that every engine of Debian plays."""

import os
from pathlib import Path
from typing import Any

import av

WIDTH = 320
"""Pixels."""
_HEIGHT = 240
_OPTIONS = {"deadline": "realtime", "cpu-used": "16"}


def write_webm(path: Path, seconds: int) -> None:
    """Writes a film of noise with a frame a second, which has about 90 kB a frame."""
    with av.open(path, "w", format="webm") as output:
        stream: Any = output.add_stream("libvpx", rate=1, options=_OPTIONS)
        stream.width, stream.height, stream.bit_rate = WIDTH, _HEIGHT, 4_000_000
        for number in range(seconds):
            frame = av.VideoFrame(WIDTH, _HEIGHT, "yuv420p")
            for plane in frame.planes:
                plane.update(os.urandom(plane.buffer_size))
            frame.pts = number
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
