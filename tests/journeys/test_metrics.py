"""The log of the pipeline has one line for a document, with its metrics in CloudWatch's Embedded Metric Format."""

import json
from typing import Any

from local.stack import LocalStack
from tests.journeys.api_client import ApiClient
from tests.journeys.files import pdf, png
from tests.journeys.leaks import read_log_lines
from tests.journeys.wait import wait_until


def find_line(stack: LocalStack, document_id: str) -> dict[str, Any]:
    def read() -> list[dict[str, Any]]:
        lines = [line[line.index("{") :] for line in read_log_lines(stack) if '"message":"document"' in line]
        parsed = [json.loads(line) for line in lines]
        return [line for line in parsed if line["document_id"] == document_id]

    wait_until(lambda: bool(read()), f"the line of {document_id} in the log")
    return read()[0]


def test_a_ready_and_a_rejected_document_leave_their_metrics_in_the_log(
    stack: LocalStack, ada: ApiClient
) -> None:
    data = pdf(40_000)
    ready = find_line(stack, ada.upload(data, "a.pdf", "application/pdf")["id"])
    rejected = find_line(stack, ada.upload(png(), "b.pdf", "application/pdf")["id"])

    assert (ready["status"], ready["Documents"], ready["Bytes"]) == ("ready", 1, len(data))
    assert 0 <= ready["ReadySeconds"] < 60
    assert (rejected["status"], rejected["code"]) == ("rejected", "type_mismatch")
    assert (rejected["Rejections"], ready["AllRejections"], rejected["AllRejections"]) == (1, 0, 1)
    for line in (ready, rejected):
        assert {each["Namespace"] for each in line["_aws"]["CloudWatchMetrics"]} == {"Airlock-local"}
