"""The dashboard, the saved queries, and the alarms on the service level and on anomalies."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from functions.domain.metrics import EMITTED, MISSED_OBJECTIVE
from infra.metrics import CREATES
from operate.doctor.alarms import find_runbook
from tests.infra.conftest import KINDS_FILE, Variant
from tests.infra.edge_context import WAF
from tests.infra.template import Synthesis
from tools.scan.templates import DELIVERY_KEY

ROOT = Path(__file__).parents[2]
OF_AWS = {
    "AWS/ApiGateway": {
        *("Latency", "Count", "5xx"),
        *("ConnectCount", "MessageCount", "IntegrationError", "ExecutionError"),
    },
    "AWS/SQS": {"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"},
    "AWS/Lambda": {"Errors", "Duration", "Invocations"},
    "AWS/DynamoDB": {"ConsumedWriteCapacityUnits", "ConsumedReadCapacityUnits"},
    "AWS/Logs": {"IncomingBytes"},
    "AWS/GuardDuty/MalwareProtection": {"CompletedScanBytes", "FailedScanCount"},
}
"""Namespace -> names in AWS's documentation of the metrics of each service."""
NAMESPACE = "Airlock-dev"


def names_of_filters(synthesis: Synthesis) -> set[str]:
    filters = synthesis.all("AWS::Logs::MetricFilter").values()
    return {each["MetricTransformations"][0]["MetricName"] for each in filters}


def list_shown(synthesis: Synthesis) -> Iterator[tuple[str, str]]:
    """Yields namespace and name of each metric of the dashboard, also of those that it searches."""
    for widget in widgets(synthesis):
        for metric in widget["properties"].get("metrics", []):
            if isinstance(metric[0], str):
                yield metric[0], metric[1]
            else:
                expression = metric[0]["expression"]
                namespace, name = re.findall(r"\{\"?([\w/-]+)|MetricName=\"(\w+)\"", expression)
                yield namespace[0], name[1]


def widgets(synthesis: Synthesis) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(synthesis.only("AWS::CloudWatch::Dashboard")["DashboardBody"])[
        "widgets"
    ]
    return found


def list_watched(synthesis: Synthesis) -> Iterator[tuple[str, str]]:
    """Yields namespace and name of each metric that an alarm reads."""
    for alarm in synthesis.all("AWS::CloudWatch::Alarm").values():
        stats = [each["MetricStat"]["Metric"] for each in alarm.get("Metrics", []) if "MetricStat" in each]
        for metric in stats or [alarm]:
            yield metric["Namespace"], metric["MetricName"]


def test_the_dashboard_and_the_alarms_read_only_metrics_that_exist(stack: Synthesis) -> None:
    ours = {metric.name for metric in EMITTED} | names_of_filters(stack)
    known = OF_AWS | {NAMESPACE: ours}
    read = [*list_shown(stack), *list_watched(stack)]
    assert [each for each in read if each[1] not in known.get(each[0], ())] == []
    assert {name for namespace, name in read if namespace == NAMESPACE} == ours


def test_a_scanner_has_a_graph(variant: Variant) -> None:
    with_scanner = variant(scanner="guardduty", kindsFile="tests/infra/scan_kinds.toml")
    assert ("AWS/GuardDuty/MalwareProtection", "CompletedScanBytes") in list_shown(with_scanner)


def test_push_has_a_graph_and_an_alarm(stack: Synthesis, variant: Variant) -> None:
    with_push = variant(push="true")
    shown = ("AWS/ApiGateway", "ConnectCount")
    assert shown in list_shown(with_push)
    assert shown not in list_shown(stack)
    read = [*list_shown(with_push), *list_watched(with_push)]
    watched = {"IteratorAge", "OnFailureDestinationDeliveredEventCount"}  # of the events
    known = OF_AWS["AWS/ApiGateway"] | OF_AWS["AWS/SQS"] | OF_AWS["AWS/Lambda"] | watched
    assert {
        name for namespace, name in read if namespace in ("AWS/ApiGateway", "AWS/Lambda", "AWS/SQS")
    } <= known


def test_a_query_reads_logs_of_the_stack(stack: Synthesis) -> None:
    queries = stack.all("AWS::Logs::QueryDefinition").values()
    assert {each["Name"] for each in queries} == {
        f"{NAMESPACE}/{name}"
        for name in (
            "One document",
            "Rejections by code",
            "Slow documents",
            "Limits by code",
            "Faults",
            "Requests by route",
        )
    }
    groups = {f"${{{name}}}" for name in stack.all("AWS::Logs::LogGroup")}
    assert all(set(each["LogGroupNames"]) <= groups for each in queries)


def test_a_burn_alarm_fires_while_both_of_its_windows_do(stack: Synthesis) -> None:
    alarms = stack.all("AWS::CloudWatch::Alarm")
    composites = stack.all("AWS::CloudWatch::CompositeAlarm")
    windows = {
        name: [
            (alarms[f"{name}{length}"]["Period"], round(alarms[f"{name}{length}"]["Threshold"], 3))
            for length in ("Long", "Short")
        ]
        for name in composites
    }
    assert windows == {
        "ServiceLevelFastBurn": [(3600, 0.144), (300, 0.144)],
        "ServiceLevelSlowBurn": [(6 * 3600, 0.06), (1800, 0.06)],
    }
    for name, composite in composites.items():
        assert composite["AlarmRule"].count(" AND ") == 1
        assert all(f"{name}{length}" in composite["AlarmRule"] for length in ("Long", "Short"))
        assert composite["AlarmActions"] == composite["OKActions"] == ["${NotificationsTopic}"]
        assert "AlarmActions" not in alarms[f"{name}Long"]
        assert alarms[f"{name}Short"]["MetricName"] == MISSED_OBJECTIVE.name


def test_rejections_bytes_and_creates_have_a_band(stack: Synthesis) -> None:
    anomalies = {
        name: alarm
        for name, alarm in stack.all("AWS::CloudWatch::Alarm").items()
        if "ThresholdMetricId" in alarm
    }
    assert set(anomalies) == {"AnomaliesRejections", "AnomaliesBytes", "AnomaliesCreates"}
    for alarm in anomalies.values():
        assert alarm["ComparisonOperator"] == "GreaterThanUpperThreshold"
        assert "ANOMALY_DETECTION_BAND" in json.dumps(alarm["Metrics"])


def test_creates_are_counted_in_the_access_log(stack: Synthesis) -> None:
    counted = stack.all("AWS::Logs::MetricFilter")[CREATES]
    assert counted["LogGroupName"] == "${ApiAccessLog}"
    assert counted["FilterPattern"] == '{ ($.routeKey = "POST /documents") && ($.status = "201") }'


def test_metrics_and_anomalies_can_be_switched_off(variant: Variant) -> None:
    without = variant(metrics="false")
    assert not without.all("AWS::CloudWatch::CompositeAlarm")
    assert {each for each in list_shown(without) if each[0] == NAMESPACE} == {
        (NAMESPACE, "OldestMessageSeconds"),
        (NAMESPACE, "StagingAge"),
    }
    variables = without.all("AWS::Lambda::Function")["PipelineFunction"]["Environment"]["Variables"]
    assert variables["AIRLOCK_METRICS_NAMESPACE"] == ""
    cheap = variant(anomalyAlarms="false")
    assert not [each for each in cheap.all("AWS::CloudWatch::Alarm").values() if "Metrics" in each]


def test_every_alarm_has_a_page_and_every_page_an_alarm(variant: Variant) -> None:
    everything = variant(inventory="true", scanner="guardduty", kindsFile="tests/infra/scan_kinds.toml")
    custom, events = variant(kindsFile=KINDS_FILE), variant(suspiciousBytes="1", blockSuspicious="true")
    push, audit = variant(push="true"), variant(audit="true")
    webhooks = variant(webhooksFile="tests/infra/webhooks.toml")
    edge = variant(**WAF, cdn="true", deliveryKeys=DELIVERY_KEY)
    main = [each.text for each in (everything, custom, events, push, audit, webhooks, edge)]
    ids = [
        id
        for template in (*map(json.loads, main), edge.edge)
        for id, resource in template["Resources"].items()
        if resource["Type"] in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    ]
    pages = {find_runbook(id).replace("scan-guard-duty-", "") for id in ids}
    assert pages == {str(page.relative_to(ROOT)) for page in ROOT.glob("docs/runbooks/*.md")}


def test_tracing_is_off_until_it_is_switched_on(stack: Synthesis, variant: Variant) -> None:
    assert not any("TracingConfig" in each for each in stack.all("AWS::Lambda::Function").values())
    assert "xray:" not in stack.text
    traced = variant(tracing="true")
    functions = [
        each
        for name, each in traced.all("AWS::Lambda::Function").items()
        if "AIRLOCK_BUCKET" in each.get("Environment", {}).get("Variables", {})
    ]
    assert len(functions) > 5
    assert all(each["TracingConfig"] == {"Mode": "Active"} for each in functions)
    assert traced.text.count("xray:PutTraceSegments") == len(functions)
