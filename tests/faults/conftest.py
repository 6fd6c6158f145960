"""The functions as wired for Lambda, with every call to AWS observed."""

from collections.abc import Iterator

import pytest

from tests.faults.aws_calls import observe_aws_calls
from tests.faults.simulation import WiredFunctions


@pytest.fixture(scope="module")
def functions() -> Iterator[WiredFunctions]:
    with pytest.MonkeyPatch.context() as environment, observe_aws_calls() as calls:
        yield WiredFunctions(calls, environment)
