"""The dashboard, the saved queries, and the alarms on what documents do."""

from constructs import Construct

from functions.features.scan.definition import GUARDDUTY
from infra.anomalies import Anomalies
from infra.context import Deployment
from infra.dashboard import Dashboard, Sources
from infra.metrics import count_creates
from infra.queries import Queries
from infra.service_level import ServiceLevel


def create_observability(scope: Construct, sources: Sources, deployment: Deployment) -> None:
    """Creates them. Without `metrics` there is no alarm, because each of these alarms reads a metric of documents."""
    access_log = sources.api.access_log
    groups = [each.log_group for each in sources.functions.values()]
    Queries(scope, "Queries", functions=groups, access_log=access_log)
    has_scanner = deployment.scanner == GUARDDUTY
    Dashboard(scope, "Overview", sources=sources, has_scanner=has_scanner, has_metrics=deployment.metrics)
    if deployment.metrics:
        ServiceLevel(scope, "ServiceLevel")
        creates = count_creates(scope, access_log)
        if deployment.anomaly_alarms:
            Anomalies(scope, "Anomalies", creates=creates)
