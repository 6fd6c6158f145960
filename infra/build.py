"""From context to an app that can be synthesised: the one way in for `app.py`, the tests and the local stack."""

import json
from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk

from infra.context import Deployment
from infra.stack import AirlockStack

_CDK_JSON = Path(__file__).parent.parent / "cdk.json"


def build(context: Mapping[str, object], *, outdir: str) -> cdk.App:
    """An app with one stack, `Airlock-{stage}`; call `synth()` on it to write `outdir`.

    `context` is laid over the one in cdk.json; what the CDK command line passes (`-c stage=prod`) wins over both.
    Raises `infra.context.ContextError` for a key or value that this stack does not know.
    """
    pinned = json.loads(_CDK_JSON.read_text())["context"]
    # The usage metadata resource would make the CLI's template differ from ours, and it reports to AWS.
    app = cdk.App(outdir=outdir, context={**pinned, **context}, analytics_reporting=False)
    deployment = Deployment.from_context(app.node.get_all_context())
    AirlockStack(app, f"Airlock-{deployment.stage}", deployment=deployment)
    return app
