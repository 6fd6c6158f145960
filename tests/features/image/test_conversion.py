"""Renditions: upright, in sRGB with 8 bits a channel, of pixels alone, and never larger than the original."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageCms, ImageFile, TiffImagePlugin

from functions.domain.codes import Code
from functions.features.image.conversion import _Pixels, convert
from functions.features.image.converted import Converted
from functions.features.image.parameters import FORMATS, ImageParameters
from functions.features.image.rejection import ImageRejected
from tests.features.image.samples import (
    BLUE,
    GREEN,
    RED,
    SECRETS,
    WHITE,
    animation,
    corners,
    exif,
    phone_photo,
    png,
    save,
)

pytestmark = pytest.mark.usefixtures("decoders")
_ICC_PROFILE = 34_675
QUARTERS = [RED, GREEN, BLUE, WHITE]
MARKERS = (
    b"Exif",
    b"EXIF",
    b"eXIf",
    b"XMP",
    b"xmp",
    b"ns.adobe.com",
    b"8BIM",
    b"ICCP",
    b"iCCP",
    b"ICC_PROFILE",
    b"tEXt",
)

Run = Callable[..., Path]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Converts bytes to one rendition and returns its file."""

    def run(body: bytes, content_type: str, edge: int = 64, **parameters: Any) -> Path:
        source = tmp_path / "source"
        source.write_bytes(body)
        directory = tmp_path / "renditions"
        directory.mkdir(exist_ok=True)
        [made] = convert(source, content_type, ImageParameters(sizes={"only": edge}, **parameters), directory)
        path = directory / "only"
        with Image.open(path) as image:
            assert (made.width, made.height) == image.size
        return path

    return run


def read_quarters(path: Path) -> list[tuple[int, ...]]:
    """Returns the colour in the middle of each quarter, of which lossy formats change a few values."""
    with Image.open(path) as opened:
        image = opened.convert("RGB")
    width, height = image.size
    places = [(x * width // 4, y * height // 4) for y in (1, 3) for x in (1, 3)]
    return [image.getpixel(place) for place in places]  # type: ignore[misc]


def is_near(found: list[tuple[int, ...]], expected: list[tuple[int, int, int]], tolerance: int = 24) -> bool:
    return all(
        abs(one - other) <= tolerance
        for pixel, wanted in zip(found, expected, strict=True)
        for one, other in zip(pixel, wanted, strict=True)
    )


def turn(image: Image.Image, orientation: int) -> Image.Image:
    """Returns the image as a camera stores it that writes this orientation."""
    transpose = Image.Transpose
    turned = {
        2: transpose.FLIP_LEFT_RIGHT,
        3: transpose.ROTATE_180,
        4: transpose.FLIP_TOP_BOTTOM,
        5: transpose.TRANSPOSE,
        6: transpose.ROTATE_90,
        7: transpose.TRANSVERSE,
        8: transpose.ROTATE_270,
    }
    return image.transpose(turned[orientation]) if orientation in turned else image


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("format", "content_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("TIFF", "image/tiff")],
)
def test_the_rendition_is_upright(run: Run, format: str, content_type: str, orientation: int) -> None:
    body = save(turn(corners(), orientation), format, exif=exif(orientation))
    path = run(body, content_type)
    with Image.open(path) as image:
        assert image.size == (64, 48)
    assert is_near(read_quarters(path), QUARTERS)


@pytest.mark.parametrize(
    ("format", "content_type", "options"),
    [("AVIF", "image/avif", {"exif": exif(6)}), ("HEIF", "image/heic", {})],
    ids=["avif", "heic"],
)
def test_a_rotation_of_the_container_is_applied_once(
    run: Run, format: str, content_type: str, options: dict[str, Any]
) -> None:
    """Both plugins write the orientation as a rotation of the container."""
    stored = turn(corners(), 6)
    stored.info["exif"] = exif(6).tobytes()
    path = run(save(stored, format, **options), content_type)
    with Image.open(path) as image:
        assert image.size == (64, 48)
    assert is_near(read_quarters(path), QUARTERS, 40)


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_but_pixels_is_left(run: Run, format: str) -> None:
    photo = phone_photo()
    assert all(secret in photo for secret in SECRETS)
    path = run(photo, "image/jpeg", format=format)
    body = path.read_bytes()
    assert [marker for marker in (*SECRETS, *MARKERS) if marker in body] == []
    with Image.open(path) as image:
        image.load()
        assert not image.getexif()
        assert {"exif", "xmp", "icc_profile", "comment", "photoshop"}.isdisjoint(image.info)
        assert image.format == format.upper()
    assert is_near(read_quarters(path), QUARTERS)


def test_each_size_is_the_longer_edge_and_the_ratio_stays(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(phone_photo(600, 400))
    sizes = {"large": 5_000, "medium": 300, "tiny": 1}
    made = convert(tmp_path / "source", "image/jpeg", ImageParameters(sizes=sizes), tmp_path)
    assert made == [
        Converted("large", 400, 600),
        Converted("medium", 200, 300),
        Converted("tiny", 1, 1),
    ]


def test_a_very_long_image_keeps_a_pixel_in_the_other_direction(run: Run) -> None:
    with Image.open(run(save(Image.new("RGB", (5_000, 1)), "JPEG"), "image/jpeg")) as image:
        assert image.size == (64, 1)


@pytest.mark.parametrize("size", [(4_001, 3_001), (129, 97), (128, 96)], ids=str)
def test_a_jpeg_that_is_decoded_at_a_part_of_its_size_looks_the_same(run: Run, size: tuple[int, int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Image, "MAX_IMAGE_PIXELS", None)
        path = run(save(corners(*size), "JPEG"), "image/jpeg")
    with Image.open(path) as image:
        assert image.size == (64, 48)
    assert is_near(read_quarters(path), QUARTERS)


@pytest.mark.parametrize(
    ("format", "content_type", "mode"),
    [
        *(("JPEG", "image/jpeg", mode) for mode in ("L", "RGB", "CMYK")),
        *(("PNG", "image/png", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")),
        *(("GIF", "image/gif", mode) for mode in ("1", "L", "P", "RGB")),
        *(("WEBP", "image/webp", mode) for mode in ("RGB", "RGBA")),
        *(("AVIF", "image/avif", mode) for mode in ("RGB", "RGBA")),
        *(("HEIF", "image/heic", mode) for mode in ("RGB", "RGBA")),
        *(("BMP", "image/bmp", mode) for mode in ("1", "L", "P", "RGB", "RGBA")),
        *(
            ("TIFF", "image/tiff", mode)
            for mode in ("1", "L", "P", "RGB", "RGBA", "CMYK", "LAB", "YCbCr", "I;16")
        ),
    ],
)
@pytest.mark.parametrize("output", ["webp", "jpeg"])
def test_every_mode_is_converted(run: Run, format: str, content_type: str, mode: str, output: str) -> None:
    """The image is black on the left and white on the right, so that every mode can show it."""
    left_black = Image.new("L", (64, 48), 255)
    left_black.paste(0, (0, 0, 32, 48))
    path = run(save(in_mode(left_black, mode), format), content_type, format=output)
    black, white = (0, 0, 0), (255, 255, 255)
    assert is_near(read_quarters(path), [black, white, black, white], 40)


def in_mode(image: Image.Image, mode: str) -> Image.Image:
    if mode == "I;16":
        return image.convert("I").point(lambda value: value * 257).convert("I;16")
    if mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image.convert("RGB"), srgb, lab, outputMode="LAB")
        assert converted is not None
        return converted
    return image.convert("RGB").convert(mode)


def test_16_bits_a_channel_become_8(run: Run) -> None:
    grey = Image.new("I;16", (8, 8), 0x8000)
    rgb = png(4, 1, depth=16, data=b"\0" + bytes([0x80, 0xFF, 0x40, 0xFF, 0x20, 0xFF]) * 4)
    assert is_near(read_quarters(run(save(grey, "PNG"), "image/png", format="png"))[:1], [(128, 128, 128)], 1)
    assert is_near(read_quarters(run(rgb, "image/png", format="png"))[:1], [(0x80, 0x40, 0x20)], 1)


def test_colours_are_converted_to_srgb(run: Run) -> None:
    """Lab's a-channel is green to red, so the profile decides what the numbers show."""
    profile = swapped_profile()
    path = run(
        save(Image.new("RGB", (8, 8), (255, 0, 0)), "PNG", icc_profile=profile), "image/png", format="png"
    )
    red, green, blue = read_quarters(path)[0]
    assert green > 200
    assert red < 160
    assert blue < 120


def swapped_profile() -> bytes:
    """Returns sRGB's profile with the primaries of red and green swapped: `rXYZ` and `gXYZ` are names in its table."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"----").replace(b"gXYZ", b"rXYZ").replace(b"----", b"gXYZ")


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P"])
@pytest.mark.parametrize("profile", [b"garbage", b"\0" * 128, b"acsp" * 1_000], ids=["text", "zeros", "long"])
def test_a_damaged_profile_has_no_effect(run: Run, mode: str, profile: bytes) -> None:
    path = run(save(Image.new(mode, (8, 8), 1), "PNG", icc_profile=profile), "image/png")
    assert len(read_quarters(path)) == 4


def test_a_profile_of_another_number_of_channels_has_no_effect(run: Run) -> None:
    grey = save(Image.new("L", (8, 8), 128), "PNG", icc_profile=swapped_profile())
    assert is_near(read_quarters(run(grey, "image/png"))[:1], [(128, 128, 128)], 3)


def test_transparency_stays_and_becomes_white_in_a_jpeg(run: Run) -> None:
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    with Image.open(run(save(clear, "PNG"), "image/png")) as image:
        assert image.mode == "RGBA"
    jpeg = run(save(clear, "PNG"), "image/png", format="jpeg")
    assert is_near(read_quarters(jpeg)[:1], [(255, 255, 255)], 2)


def test_an_alpha_channel_that_hides_nothing_is_left_out(run: Run) -> None:
    with Image.open(run(save(corners().convert("RGBA"), "PNG"), "image/png")) as image:
        assert image.mode == "RGB"


def test_quality_changes_the_size(run: Run) -> None:
    photo = save(Image.effect_noise((64, 64), 90), "PNG")
    low, high = (len(run(photo, "image/png", quality=quality).read_bytes()) for quality in (10, 95))
    assert low < high / 2


ANIMATIONS = [("GIF", "image/gif"), ("WEBP", "image/webp"), ("PNG", "image/png"), ("AVIF", "image/avif")]


@pytest.mark.parametrize(("format", "content_type"), ANIMATIONS)
def test_an_animation_is_refused_unless_the_kind_keeps_it(run: Run, format: str, content_type: str) -> None:
    with pytest.raises(ImageRejected, match="The image is animated") as rejected:
        run(animation(format), content_type)
    assert rejected.value.code is Code.ANIMATION_NOT_ALLOWED


@pytest.mark.parametrize("output", ["webp", "avif"])
@pytest.mark.parametrize(("format", "content_type"), ANIMATIONS)
def test_an_animation_that_is_kept_has_its_frames_and_times(
    run: Run, format: str, content_type: str, output: str
) -> None:
    path = run(animation(format), content_type, edge=32, animated="keep", format=output)
    with Image.open(path) as image:
        assert isinstance(image, ImageFile.ImageFile)
        assert image.size == (32, 24)
        assert getattr(image, "n_frames", 1) == 3
        frames = []
        for index in range(3):
            image.seek(index)
            frames.append(image.convert("RGB").getpixel((5, 5)))
            assert image.info["duration"] == 200
    assert is_near(frames, [RED, GREEN, BLUE], 40)  # type: ignore[arg-type]


def test_the_frames_of_an_animation_count_together(run: Run) -> None:
    body = animation("GIF", frames=10)
    run(body, "image/gif", animated="keep", max_pixels=64 * 48 * 10)
    with pytest.raises(ImageRejected, match="30,720 pixels; up to 30,719") as rejected:
        run(body, "image/gif", animated="keep", max_pixels=64 * 48 * 10 - 1)
    assert rejected.value.code is Code.IMAGE_TOO_LARGE


@pytest.mark.parametrize("output", ["webp", "avif"])
@pytest.mark.parametrize(("loops", "kept"), [(7, 7), (70_000, 65_535)])
def test_an_animation_is_repeated_as_often_as_the_format_can_say(
    run: Run, output: str, loops: int, kept: int
) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, GREEN, BLUE)]
    body = save(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=100, loop=loops)
    path = run(body, "image/png", animated="keep", format=output)
    with Image.open(path) as image:
        assert getattr(image, "n_frames", 1) == 3
        assert output == "avif" or image.info["loop"] == kept


@pytest.mark.parametrize(("format", "content_type"), [("TIFF", "image/tiff"), ("MPO", "image/jpeg")])
def test_further_pages_and_views_are_no_animation(run: Run, format: str, content_type: str) -> None:
    file = io.BytesIO()
    corners().save(file, format, save_all=True, append_images=[corners()])
    assert is_near(read_quarters(run(file.getvalue(), content_type)), QUARTERS)


def test_an_image_of_exactly_the_limit_is_converted_and_one_above_is_not(run: Run) -> None:
    body = save(Image.new("L", (100, 100)), "PNG")
    run(body, "image/png", max_pixels=10_000)
    with pytest.raises(ImageRejected, match="10,000 pixels; up to 9,999 are accepted"):
        run(body, "image/png", max_pixels=9_999)


@pytest.mark.filterwarnings("ignore:Metadata Warning")
@pytest.mark.parametrize(
    ("tag_type", "value"),
    [
        pytest.param(2, "hello", id="ASCII"),
        pytest.param(3, (1, 2, 3), id="SHORT"),
        pytest.param(4, (7,), id="LONG"),
        pytest.param(7, b"junk", id="UNDEFINED"),
        pytest.param(12, (1.5,), id="DOUBLE"),
    ],
)
def test_a_profile_of_another_type_in_a_tiff_does_not_matter(run: Run, tag_type: int, value: Any) -> None:
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    directory.tagtype[_ICC_PROFILE] = tag_type
    directory[_ICC_PROFILE] = value
    assert is_near(read_quarters(run(save(corners(), "TIFF", tiffinfo=directory), "image/tiff")), QUARTERS)


def test_what_fails_between_the_pixels_and_the_encoder_is_the_files_fault() -> None:
    """Pillow fails for an image that is closed as it may for one that is damaged."""
    closed = corners()
    closed.close()
    with pytest.raises(ImageRejected, match="The image is damaged"):
        _Pixels(closed, (64, 48), None, 1).render(8)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_damaged_exif_does_not_matter(run: Run) -> None:
    path = run(save(corners(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff"), "image/jpeg")
    assert is_near(read_quarters(path), QUARTERS)


def test_the_same_image_gives_the_same_bytes(run: Run) -> None:
    """A job that comes twice stores the same rendition again."""
    first, second = (run(phone_photo(), "image/jpeg").read_bytes() for _ in range(2))
    assert first == second
    assert (
        ImageChops.difference(Image.open(io.BytesIO(first)), Image.open(io.BytesIO(second))).getbbox() is None
    )
