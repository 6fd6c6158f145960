"""The constructs of the steps that Airlock ships. The stack creates that of each step which a kind lists."""

from collections.abc import Callable, Mapping

from constructs import Construct

from infra.features.image import ImageWorker
from infra.features.props import StepProps
from infra.features.scan import Scan
from infra.features.table import TableWorker

STEP_CONSTRUCTS: Mapping[str, Callable[[Construct, str, StepProps], Construct]] = {
    "image": ImageWorker,
    "scan": Scan,
    "table": TableWorker,
}
"""Name of a step -> its construct, which is created with a scope, an id and properties."""
