"""Synthesised stacks. The first synthesis starts jsii; each further one costs a fraction of that."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.infra.template import Synthesis, synthesise

Variant = Callable[..., Synthesis]
KINDS_FILE = "tests/infra/kinds.toml"
"""A kinds file that defines the step `word_list`."""


@pytest.fixture(scope="session")
def variant(tmp_path_factory: pytest.TempPathFactory) -> Variant:
    """Synthesises the stack with the context that is given as keywords, once for each content of the kinds file."""
    made: dict[object, Synthesis] = {}

    def make(**context: object) -> Synthesis:
        kinds = Path(str(context.get("kindsFile", "functions/kinds.toml"))).read_bytes()
        key = (kinds, *sorted((name, repr(value)) for name, value in context.items()))
        if key not in made:
            made[key] = synthesise(tmp_path_factory.mktemp("cdk.out"), **context)
        return made[key]

    return make


@pytest.fixture(scope="session")
def stack(variant: Variant) -> Synthesis:
    """The stack with default context."""
    return variant()


@pytest.fixture(scope="session")
def prod(variant: Variant) -> Synthesis:
    return variant(stage="prod", webOrigins="https://app.example.com")


@pytest.fixture(scope="session")
def with_step(variant: Variant) -> Synthesis:
    """The stack with a step that the kinds file defines."""
    return variant(kindsFile=KINDS_FILE)


@pytest.fixture(scope="session")
def encrypted(variant: Variant) -> Synthesis:
    """The stack with a KMS key."""
    return variant(kms="true")


@pytest.fixture(scope="session")
def standby(variant: Variant) -> Synthesis:
    """The stack with a KMS key that encrypts nothing new."""
    return variant(kms="standby")
