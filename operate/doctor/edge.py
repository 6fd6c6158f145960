"""The check of the edge: CloudFront sends a value that the functions accept, and the API's own URL serves nobody."""

import json
from collections.abc import Iterator

from functions.domain.edge_names import ORIGIN_OUTPUT
from functions.settings import variable_name
from operate import edge
from operate.doctor.finding import DEPLOY_AGAIN, Finding, Inspection
from operate.http import request

_VARIABLE = variable_name("edge")
_PATHS = ("/documents?limit=1", "/openapi.json")
"""The first one needs the token of the deployment, if there is one."""


def check_edge(inspection: Inspection) -> Iterator[Finding]:
    """A deployment without CloudFront in front of its API has no finding.

    IAM actions: secretsmanager:GetSecretValue; cloudformation:DescribeStacks and cloudformation:GetTemplate in us-east-1.
    """
    deployment = inspection.deployment
    if ORIGIN_OUTPUT not in deployment.outputs:
        return
    accepted, sent = edge.list_numbers(deployment), edge.read_sent_numbers(deployment)
    if not sent or not sent <= set(accepted):
        problem = f"sends the value {_join(sent)}, and the functions accept {_join(accepted)}"
        remedy = "Every call through CloudFront fails. Deploy with an edgeSecretNumber that is accepted."
        yield Finding("CloudFront", problem, remedy)
    # A local stack has no host of that name.
    if deployment.endpoint is None and _is_required(inspection):
        yield from _check_direct(inspection, f"https://{deployment.output(ORIGIN_OUTPUT)}")


def _check_direct(inspection: Inspection, origin: str) -> Iterator[Finding]:
    token = inspection.deployment.token
    headers = {"authorization": f"Bearer {token}"} if token else {}
    for path in _PATHS:
        status = request("GET", origin + path, headers=headers).status
        if status < 400:
            problem = f"answers {path} at {origin} with {status} instead of 403"
            yield Finding("API", problem, f"It can be called without CloudFront and WAF. {DEPLOY_AGAIN}")


def _is_required(inspection: Inspection) -> bool:
    """Returns True if the template refuses direct calls."""
    functions = inspection.template.list_resources("AWS::Lambda::Function")
    found = [each.properties.get("Environment", {}).get("Variables", {}).get(_VARIABLE) for each in functions]
    return any(json.loads(each)["required"] for each in found if each)


def _join(numbers: set[int] | list[int]) -> str:
    return " and ".join(map(str, sorted(numbers))) or "none"
