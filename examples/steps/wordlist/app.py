"""CDK app of a deployment with the step `wordlist`: Airlock's stack, and in it the worker, with a role of its own.

`npx aws-cdk@2.1148.1 deploy --app "python -m examples.steps.wordlist.app"`
"""

import os
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from infra.build import build
from infra.permissions import step_worker_statements
from infra.stack import AirlockStack

STEP = "wordlist"


def add_worker(stack: AirlockStack) -> None:
    """Adds the worker to the stack and connects it to the queues of its step."""
    queues = stack.steps[STEP]
    worker = lambda_.Function(
        stack,
        "Wordlist",
        runtime=lambda_.Runtime.PYTHON_3_14,
        architecture=lambda_.Architecture.ARM_64,
        code=lambda_.Code.from_asset(str(Path(__file__).parent), exclude=["*", "!worker.py"]),
        handler="worker.lambda_handler",
        memory_size=512,
        timeout=cdk.Duration.seconds(30),
        environment={"RESULTS_URL": queues.results.queue.queue_url},
    )
    for statement in step_worker_statements(stack.bucket, queues, STEP, stack.key):
        worker.add_to_role_policy(statement)
    queues.connect(worker)


if __name__ == "__main__":
    kinds = "examples/steps/wordlist/kinds.toml"
    app = build({"kindsFile": kinds}, outdir=os.environ.get("CDK_OUTDIR", "cdk.out"))
    for stack in app.node.children:
        if isinstance(stack, AirlockStack):
            add_worker(stack)
    app.synth()
