"""The command `review`: a person looks at staged files of kinds with the step `review`, and passes or rejects them.

The file is fetched with a signed header, because the bucket denies every presigned read of staging.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from functions.domain.codes import Code
from operate.aws_calls import translate_errors
from operate.command import Command, Result
from operate.deployment import Deployment
from operate.errors import OperateError
from operate.function import call_until_end

STEP = "review"
_MAX_REASON = 500
"""Characters of the `detail` of a result (docs/schemas/result.json)."""
_CHUNK = 1 << 20
_COLUMNS = ("waitingSince", "kind", "contentType", "size", "owner", "documentId", "fileName")


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    match arguments.action:
        case "list":
            return _list(deployment)
        case "show":
            return _show(deployment, arguments)
        case _:
            return _decide(deployment, arguments)


def _list(deployment: Deployment) -> Result:
    """Returns a line with tabs for each document that waits."""
    pages = call_until_end(deployment.sweeps, "listWaiting", {"step": STEP})
    documents = [document for page in pages for document in page["documents"]]
    lines = ("\t".join(str(document[name]) for name in _COLUMNS) for document in documents)
    return Result({"documents": documents}, lines)


def _show(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    """Saves exactly the version that waits. Never overwrites a file."""
    document = _find(deployment, arguments)
    try:
        _save(deployment, document, arguments.output)
    except OSError as error:
        raise OperateError(f"{arguments.output} cannot be written: {error.strerror}") from error
    warning = f"Saved as {arguments.output}. Nobody knows yet what it contains; open it with care."
    return Result({"document": document}, [json.dumps(document, indent=2), warning])


def _save(deployment: Deployment, document: Mapping[str, Any], path: Path) -> None:
    """Opens the object first, so that no empty file is left if it cannot be read. IAM action: s3:GetObjectVersion."""
    with translate_errors():
        body = deployment.client("s3").get_object(
            Bucket=deployment.bucket, Key=document["key"], VersionId=document["versionId"]
        )["Body"]
        with path.open("xb") as target:
            for chunk in body.iter_chunks(_CHUNK):
                target.write(chunk)


def _decide(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    """Sends the verdict to the results queue of the step. IAM action: sqs:SendMessage."""
    if "ReviewResults" not in deployment.outputs:
        raise OperateError("no kind of this deployment lists the step review")
    document = _find(deployment, arguments)
    names = ("owner", "documentId", "attempt", "versionId")
    result = {name: document[name] for name in names} | {"step": STEP} | _verdict_of(arguments)
    with translate_errors():
        deployment.client("sqs").send_message(
            QueueUrl=deployment.output("ReviewResults"), MessageBody=json.dumps(result)
        )
    sentence = f"{arguments.document_id} is {result['outcome']}. The pipeline continues with it."
    return Result({"result": result}, [sentence])


def _find(deployment: Deployment, arguments: argparse.Namespace) -> Mapping[str, Any]:
    command = {"step": STEP, "owner": arguments.owner, "documentId": arguments.document_id}
    document = deployment.sweeps.invoke({"findWaiting": command})["document"]
    if document is None:
        raise OperateError("this document does not wait for a review")
    found: Mapping[str, Any] = document
    return found


def _verdict_of(arguments: argparse.Namespace) -> dict[str, str]:
    if arguments.action == "approve":
        return {"outcome": "passed"}
    reason = {"detail": arguments.reason} if arguments.reason else {}
    return {"outcome": "rejected", "code": Code.REVIEW_REJECTED} | reason


def _parse_reason(text: str) -> str:
    if not 1 <= len(text) <= _MAX_REASON:
        raise argparse.ArgumentTypeError(f"a reason has 1 to {_MAX_REASON} characters")
    return text


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        choices=("list", "show", "approve", "reject"),
        help="list what waits, oldest first in each of eight groups; save the file of a document; pass or reject a document",
    )
    parser.add_argument("--owner", help="owner key of the document, as `list` prints it")
    parser.add_argument("--document-id", help="id of the document, as `list` prints it")
    parser.add_argument("--output", type=Path, metavar="FILE", help="new file for what `show` saves")
    parser.add_argument("--reason", type=_parse_reason, help="a sentence of `reject` for the owner")


def _check(arguments: argparse.Namespace, error: Callable[[str], object]) -> None:
    is_one = bool(arguments.owner and arguments.document_id)
    if (arguments.action == "list") == is_one or bool(arguments.owner) != bool(arguments.document_id):
        error("`show`, `approve` and `reject` need --owner and --document-id; `list` needs none")
    if (arguments.action == "show") != bool(arguments.output):
        error("`show` needs --output, and nothing else does")
    if arguments.reason and arguments.action != "reject":
        error("--reason is for `reject`")


COMMAND = Command("look at files that wait for a person, and decide", _run, _add_arguments, _check)
