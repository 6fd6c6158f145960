"""Definition of the step `review`. It has no worker and no timeout, because a person gives the verdict (`operate review`)."""

from functions.domain.codes import Code
from functions.domain.step_definitions import StepDefinition

DEFINITION = StepDefinition("review", timeout=None)

REJECTION = Code.REVIEW_REJECTED
"""The code of a file that a person has rejected."""
