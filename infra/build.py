"""Builds the CDK app from context, for `app.py`, the tests and the local stack."""

import json
from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk

from functions.domain.edge_names import edge_stack_name
from infra.checks import check_region
from infra.context import Deployment
from infra.edge.stack import EdgeStack
from infra.stack import AirlockStack

_CDK_JSON = Path(__file__).parent.parent / "cdk.json"


def build(context: Mapping[str, object], *, outdir: str, region: str | None = None) -> cdk.App:
    """Returns an app with one stack, `Airlock-{stage}`, and with `waf` another one in us-east-1. Its `synth()` writes `outdir`.

    The template names no Region. `region` is the one that it is deployed to, if that is known: what it lacks is refused.

    `context` overrides the context in cdk.json; the context of the CDK command line (`-c stage=prod`) overrides both.
    Raises `infra.checks.ContextError` for an unknown key and for a value that is not accepted.
    """
    pinned = json.loads(_CDK_JSON.read_text())["context"]
    # Without analytics, because the metadata resource reports to AWS and differs between the CLI and a plain synth().
    app = cdk.App(outdir=outdir, context={**pinned, **context}, analytics_reporting=False)
    deployment = Deployment.from_context(app.node.get_all_context())
    if region is not None:
        check_region(deployment, region)
    main = AirlockStack(app, f"Airlock-{deployment.stage}", deployment=deployment)
    if deployment.has_edge:
        name = edge_stack_name(main.stack_name)
        EdgeStack(app, name, deployment=deployment, main=main, region=region)
    return app
