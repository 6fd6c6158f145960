"""Images: variants, metadata that is harmless, and active content that is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.detection import HEAD_BYTES, sniff
from tests.detection.detect import detect
from tests.detection.file_samples import (
    SAMPLES,
    XMP,
    gif,
    iso_media,
    jpeg,
    jpeg_segment,
    png,
    png_chunk,
    riff,
)

IMAGES = ("jpeg", "png", "gif", "webp", "avif", "heic", "bmp", "tiff")


@pytest.mark.parametrize(
    ("file", "name"),
    [
        pytest.param(b"MM\0*\0\0\0\x08" + bytes(40), "tiff", id="big-endian TIFF"),
        pytest.param(b"II+\0\x08\0\0\0\x10" + bytes(40), "tiff", id="BigTIFF"),
        pytest.param(png()[:8] + png_chunk(b"CgBI", bytes(4)) + png()[8:], "png", id="Apple's PNG"),
        pytest.param(
            b"\xff\xd8" + jpeg_segment(0xE1, b"Exif\0\0" + bytes(9000)) + jpeg()[2:],
            "jpeg",
            id="JPEG with a large thumbnail",
        ),
        pytest.param(
            b"\xff\xd8\xff\xe1/*Exif\0\0II*\0" + bytes(5000), "jpeg", id="Exif of a length that is printable"
        ),
        pytest.param(gif()[:10] + bytes(3) + gif()[19:], "gif", id="GIF without a colour table"),
        pytest.param(iso_media(b"mif1", b"mif1", b"heic"), "heic", id="HEIC by a compatible brand"),
        pytest.param(iso_media(b"mif1", b"heic", b"avif"), "avif", id="AVIF by a compatible brand"),
    ],
)
def test_variants_of_an_image_format_are_detected(file: bytes, name: str) -> None:
    assert detect(file).name == name


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(gif(b"!\xff\x0bXMP DataXMP" + XMP + b"\x01\xff\0\0"), id="gif"),
        pytest.param(png(png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)), id="png"),
        pytest.param(jpeg(jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)), id="jpeg"),
        pytest.param(riff(b"WEBP", (b"VP8X", bytes(10)), (b"XMP ", XMP)), id="webp"),
        pytest.param(SAMPLES["tiff"] + XMP, id="tiff"),
        pytest.param(SAMPLES["pdf"] + XMP, id="pdf"),
    ],
)
def test_xmp_metadata_is_not_suspicious(file: bytes, request: pytest.FixtureRequest) -> None:
    assert detect(file).name == request.node.callspec.id


@given(
    st.sampled_from(IMAGES),
    st.sampled_from(
        [b"<script>", b"<SVG onload=x>", b"<html>", b"<iFrame ", b"<!doctype  html>", b"<body\n", b"<?php\t"]
    ),
    st.integers(0, 3900),
)
def test_active_content_anywhere_in_the_head_of_an_image_is_suspicious(
    image: str, markup: bytes, gap: int
) -> None:
    sample = SAMPLES[image]
    assert sniff((sample + bytes(gap) + markup)[:HEAD_BYTES]).name in (
        {"suspicious"} if len(sample) + gap + len(markup) <= HEAD_BYTES else {image}
    )
