"""Each generated file is what its generator renders from the code as it is now."""

import pytest

from tools.generate.files import FILES, ROOT


@pytest.mark.parametrize("name", FILES)
def test_a_generated_file_is_current(name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == FILES[name](), "run `make generate`"
