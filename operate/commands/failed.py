"""The command `failed`: lists failed documents."""

import argparse
from typing import Any

from operate.command import Command, Result
from operate.deployment import Deployment
from operate.failed_selection import add_selection, select
from operate.function import Invocable, call_until_end

_COLUMNS = ("failedAt", "code", "kind", "size", "owner", "documentId")


def list_failed(sweeps: Invocable, selection: dict[str, Any]) -> Result:
    """Returns a line with tabs for each document of a selection."""
    responses = call_until_end(sweeps, "listFailed", selection)
    documents = [document for response in responses for document in response["documents"]]
    lines = ("\t".join(str(document[name]) for name in _COLUMNS) for document in documents)
    return Result({"documents": documents}, lines)


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    return list_failed(deployment.sweeps, select(arguments, allow_all=True))


COMMAND = Command("list failed documents", _run, add_selection)
