"""The decoders as the process of a conversion configures them."""

from collections.abc import Iterator

import pytest
from PIL import GifImagePlugin, Image

from functions.features.image.decoder import prepare_decoders


@pytest.fixture
def decoders() -> Iterator[None]:
    before = Image.MAX_IMAGE_PIXELS, GifImagePlugin.LOADING_STRATEGY
    prepare_decoders(1_000_000)
    yield
    Image.MAX_IMAGE_PIXELS, GifImagePlugin.LOADING_STRATEGY = before
