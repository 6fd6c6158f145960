"""Saved queries of Logs Insights, in a folder with the name of the stack."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_logs as logs
from constructs import Construct

QUERIES = {
    # Batches name several documents in a line.
    "One document": "fields @timestamp, @log, message, request_id, status, code, outcomes\n"
    "| filter @message like 'ID of the document'\n| sort @timestamp asc",
    "Rejections by code": "filter message = 'document' and status = 'rejected'\n"
    "| stats count(*) as documents by code, kind\n| sort documents desc",
    "Slow documents": "fields @timestamp, document_id, kind, Bytes, ReadySeconds\n"
    "| filter message = 'document' and ReadySeconds > 10\n| sort ReadySeconds desc\n| limit 100",
    "Limits by code": "filter message = 'problem' and status = 429\n"
    "| stats count(*) as refused by bin(5m), code, route\n| sort refused desc",
    "Faults": "filter message in ['fault', 'message_failed', 'crash', 'check_failed', 'calls_not_counted']\n"
    "| stats count(*) as faults by bin(5m), message, code, document_id\n| sort faults desc",
}
"""Name -> query of the logs of the functions."""
REQUESTS = (
    "stats count(*) as requests, pct(responseLatency, 95) as p95 by routeKey, status\n| sort requests desc"
)
"""Query of the access log."""


class Queries(Construct):
    """The saved queries. A query is billed for the lines that it reads when somebody runs it, and costs nothing otherwise."""

    def __init__(
        self, scope: Construct, id: str, *, functions: Sequence[logs.ILogGroup], access_log: logs.ILogGroup
    ) -> None:
        super().__init__(scope, id)
        for name, query in QUERIES.items():
            self._save(name, query, functions)
        self._save("Requests by route", REQUESTS, [access_log])

    def _save(self, name: str, query: str, groups: Sequence[logs.ILogGroup]) -> None:
        logs.CfnQueryDefinition(
            self,
            name.title().replace(" ", ""),
            name=f"{cdk.Stack.of(self).stack_name}/{name}",
            query_string=query,
            log_group_names=[group.log_group_name for group in groups],
        )
