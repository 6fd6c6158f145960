"""The definition of the step `image`."""

from datetime import timedelta

from functions.domain.step_definitions import StepDefinition
from functions.features.image.parameters import CONTENT_TYPES, parse_parameters

DEFINITION = StepDefinition(
    "image", timedelta(minutes=10), parse_parameters, content_types=frozenset(CONTENT_TYPES)
)
