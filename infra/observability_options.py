"""Options of a deployment for metrics, alarms and traces."""

from dataclasses import dataclass
from typing import Annotated

from functions.function_options import FunctionOptions
from functions.option_types import Flag


@dataclass(frozen=True, kw_only=True)
class ObservabilityOptions(FunctionOptions):
    """Options for what a deployment shows of itself. Each is billed."""

    metrics: Annotated[
        bool,
        Flag(
            doc="The functions emit [metrics](operations.md#metrics) of documents, which are billed as custom metrics of "
            "CloudWatch. Without them the alarms on the service level and on anomalies are left out."
        ),
    ] = True
    anomaly_alarms: Annotated[
        bool,
        Flag(
            doc="Alarms when rejections, sizes or creates are unusual. Each is billed like three metrics of an alarm. Requires "
            "`metrics`."
        ),
    ] = True
    tracing: Annotated[
        bool,
        Flag(doc="Functions send traces to AWS X-Ray, which are billed for each request that is sampled."),
    ] = False
