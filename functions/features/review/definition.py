"""Definition of the step `review`. It has no worker and no timeout, because a person gives the verdict (`operate review`)."""

from functions.domain.step_definitions import StepDefinition

DEFINITION = StepDefinition("review", timeout=None)
