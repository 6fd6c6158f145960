"""The configuration of Pillow in the process of a conversion."""

from pathlib import Path

import pytest

from functions.domain.codes import Code
from functions.features.image.decoder import open_image, prepare_decoders
from functions.features.image.rejection import ImageRejected
from tests.features.image.samples import png

pytestmark = pytest.mark.usefixtures("decoders")


@pytest.mark.parametrize("pixels", [101, 200, 201, 1_000])
def test_pillow_refuses_every_image_above_the_limit_itself(tmp_path: Path, pixels: int) -> None:
    """Pillow only warns up to twice the limit, unless the warning is an error."""
    (tmp_path / "image").write_bytes(png(pixels, 1))
    prepare_decoders(100)
    with (
        pytest.raises(ImageRejected, match="The image has too many pixels") as rejected,
        open_image(tmp_path / "image", "image/png", max_pixels=1_000),
    ):
        pass
    assert rejected.value.code is Code.IMAGE_TOO_LARGE


def test_a_type_without_a_decoder_is_rejected(tmp_path: Path) -> None:
    with (
        pytest.raises(ImageRejected, match="Files of type image/svg"),
        open_image(tmp_path / "image", "image/svg+xml", max_pixels=1_000),
    ):
        pass
