"""Synthesised stacks. The first synthesis starts jsii; each further one costs a fraction of that."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tests.infra.template import Synthesis, synthesise

Variant = Callable[..., Synthesis]
KINDS_FILE = "tests/infra/kinds.toml"
"""A kinds file that defines the step `word_list`."""


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The stack with default context."""
    return synthesise(tmp_path_factory.mktemp("cdk.out"))


@pytest.fixture(scope="session")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    outdir = tmp_path_factory.mktemp("prod")
    return synthesise(outdir, stage="prod", webOrigins="https://app.example.com")


@pytest.fixture(scope="session")
def with_step(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The stack with a step that the kinds file defines."""
    return synthesise(tmp_path_factory.mktemp("with-step"), kindsFile=KINDS_FILE)


@pytest.fixture(scope="session")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The stack with a KMS key."""
    return synthesise(tmp_path_factory.mktemp("encrypted"), kms="true")


@pytest.fixture(scope="session")
def standby(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The stack with a KMS key that encrypts nothing new."""
    return synthesise(tmp_path_factory.mktemp("standby"), kms="standby")


@pytest.fixture
def variant(tmp_path: Path) -> Variant:
    """Synthesises the stack with the context that is given as keywords."""
    numbers = count()
    return lambda **context: synthesise(tmp_path / f"cdk.out-{next(numbers)}", **context)
