"""Deploys the app's own template to the local AWS: synthesises it, publishes its assets, creates the stack."""

import compileall
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any

from local.aws import ACCOUNT, REGION, ROOT, Emulator, StartError
from local.template import Template, move_sockets, remove_tls_statements, resolve_region

_STAGE = "local"
STACK = f"Airlock-{_STAGE}"
"""Name of the stack of the app."""
_ASSETS = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"


def deploy(
    emulator: Emulator,
    outdir: Path,
    context: Mapping[str, str],
    app: str,
    change: Callable[[Template], Template] = lambda template: template,
) -> dict[str, str]:
    """Returns the stack's outputs by name. Raises StartError.

    `context` is as for `cdk deploy -c`, and `app` the module of the CDK app. `change` returns the template that is deployed.
    """
    synthesise(context, outdir, app)
    emulator.wait_until_ready()
    # The stack in us-east-1 has a longer name. Nothing of it exists here.
    path = min(outdir.glob("*.template.json"), key=lambda each: len(each.name))
    name = path.name.removesuffix(".template.json")
    template = move_sockets(json.loads(path.read_text()), f"localhost:{emulator.port}")
    publish_assets(emulator, outdir / f"{name}.assets.json")
    _fill_bootstrap_parameters(emulator, template)
    template = resolve_region(remove_tls_statements(template), REGION)
    return create_stack(emulator, name, change(template))


def read_template(outdir: Path) -> Template:
    """Returns the template as it was synthesised."""
    template: Template = json.loads((outdir / f"{STACK}.template.json").read_text())
    return template


def synthesise(context: Mapping[str, str], outdir: Path, app: str) -> None:
    """Runs the app in a process of its own, because it takes half a gigabyte, with the environment that the CDK CLI sets."""
    context_json = json.dumps({"stage": _STAGE, **context, "aws:cdk:bundling-stacks": []})
    result = subprocess.run(
        [sys.executable, "-m", app],
        cwd=ROOT,
        env=os.environ | {"CDK_OUTDIR": str(outdir), "CDK_CONTEXT_JSON": context_json},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise StartError(f"{app} does not synthesise:\n{result.stderr[-3000:]}")


def publish_assets(emulator: Emulator, manifest: Path) -> None:
    """Publishes the zips. Dependencies are not in them: workers run in this environment."""
    for asset in json.loads(manifest.read_text())["files"].values():
        if asset["source"]["packaging"] == "zip":
            (destination,) = asset["destinations"].values()
            body = zip_with_bytecode(manifest.parent / asset["source"]["path"])
            _publish(emulator, destination["objectKey"], body)


def _publish(emulator: Emulator, key: str, body: bytes) -> str:
    """Puts an object into the bucket that `cdk bootstrap` creates, and returns its URL."""
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket=_ASSETS)  # S3 in us-east-1 accepts that again
    s3.put_object(Bucket=_ASSETS, Key=key, Body=body)
    return f"{emulator.endpoint}/{_ASSETS}/{key}"


def zip_with_bytecode(directory: Path) -> bytes:
    """Returns a zip of `directory` and of the .pyc of its modules, so that no Lambda worker compiles them again.

    The .pyc are of the unchecked-hash kind, because unpacking changes the times that others are checked against (PEP 552).
    """
    compileall.compile_dir(directory, quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(directory.rglob("*")):
            archive.write(path, path.relative_to(directory))
    return buffer.getvalue()


def _fill_bootstrap_parameters(emulator: Emulator, template: Template) -> None:
    """Creates the parameter with the version of the bootstrap stack, which the template reads."""
    ssm = emulator.client("ssm")
    for parameter in template.get("Parameters", {}).values():
        if parameter["Type"].startswith("AWS::SSM::Parameter::Value"):
            ssm.put_parameter(Name=parameter["Default"], Value="999", Type="String")


def create_stack(emulator: Emulator, name: str, template: Template) -> dict[str, str]:
    """Returns the outputs of the new stack `name`. Raises StartError with the failed resources and the reasons.

    The template comes from S3, because CloudFormation takes only 51,200 bytes in a request.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    """
    url = _publish_template(emulator, name, template)
    emulator.client("cloudformation").create_stack(
        StackName=name, TemplateURL=url, Capabilities=["CAPABILITY_IAM"]
    )
    return _wait_until_complete(emulator, name, "CREATE_COMPLETE")


def update_stack(emulator: Emulator, name: str, template: Template) -> dict[str, str]:
    """Returns the outputs of a stack that has another template now. Raises StartError as `create_stack` does."""
    url = _publish_template(emulator, name, template)
    emulator.client("cloudformation").update_stack(
        StackName=name, TemplateURL=url, Capabilities=["CAPABILITY_IAM"]
    )
    return _wait_until_complete(emulator, name, "UPDATE_COMPLETE")


def _publish_template(emulator: Emulator, name: str, template: Template) -> str:
    return _publish(emulator, f"{name}.template.json", json.dumps(template).encode())


def _wait_until_complete(emulator: Emulator, name: str, status: str) -> dict[str, str]:
    cloudformation = emulator.client("cloudformation")
    while (stack := _describe(cloudformation, name))["StackStatus"].endswith("IN_PROGRESS"):
        time.sleep(0.02)
    if stack["StackStatus"] != status:
        raise StartError(f"the stack is {stack['StackStatus']}:\n{_list_failures(cloudformation, name)}")
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _describe(cloudformation: Any, name: str) -> dict[str, Any]:
    stack: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    return stack


def _list_failures(cloudformation: Any, name: str) -> str:
    """Returns a line for each failed resource, in order of time."""
    events = reversed(cloudformation.describe_stack_events(StackName=name)["StackEvents"])
    return "\n".join(
        f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
        for event in events
        if event["ResourceStatus"].endswith("_FAILED")
    )
