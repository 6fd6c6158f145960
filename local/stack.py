"""The local stack: a local AWS with the deployed template, users and the page."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.aws import REGION, Emulator, start_emulator
from local.context import add_web_origins
from local.deployment import deploy, read_template
from local.edge import LocalEdge, has_edge
from local.machines import Machine, find_machines
from local.page import Page
from local.users import User, create_users


@dataclass(frozen=True, kw_only=True)
class LocalStack:
    """Addresses and names of a stack that is ready. Every address is http on this machine."""

    api: str
    s3: str
    web: str
    web_origins: tuple[str, ...]
    """Origins of the pages that may call the API and the bucket, that of the example page first."""
    cognito: str
    issuer: str
    client_id: str | None
    """None, and no users, with an issuer of the context."""
    user_pool_id: str | None
    bucket: str
    table: str
    region: str
    push: str | None
    """URL of the WebSocket API, None without push."""
    edge: LocalEdge | None
    """The local CloudFront, None without a distribution."""
    users: tuple[User, ...]
    token_url: str | None
    """The endpoint for tokens of `machines`, None without `serviceClients`."""
    machines: tuple[Machine, ...]
    emulator: Emulator

    def to_json(self) -> dict[str, Any]:
        """Returns the content of a ready file."""
        return {
            "api": self.api,
            "s3": self.s3,
            "web": self.web,
            "webOrigins": list(self.web_origins),
            "cognito": self.cognito,
            "issuer": self.issuer,
            "clientId": self.client_id,
            "userPoolId": self.user_pool_id,
            "bucket": self.bucket,
            "table": self.table,
            "region": self.region,
            "log": str(self.emulator.log),
            "users": [
                {"name": user.name, "password": user.password, "accessToken": user.access_token}
                for user in self.users
            ],
            "tokenUrl": self.token_url,
            "serviceClients": [
                {"name": each.name, "clientId": each.client_id, "clientSecret": each.client_secret}
                for each in self.machines
            ],
        }

    def write_ready_file(self, path: Path) -> None:
        """Writes the file atomically, and readable by its owner only, because it contains passwords and secrets."""
        partial = path.with_name(f"{path.name}.part")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(self.to_json(), indent=2))
        partial.replace(path)


Front = Callable[[LocalStack], AbstractContextManager[LocalStack]]
"""Puts something in front of a running stack. Its context is the stack as clients see it."""


@contextmanager
def start_stack(
    *,
    port: int = 0,
    aws_port: int = 0,
    app: str = "app",
    web_origins: Sequence[str] = (),
    front: Front = nullcontext,
    **context: str,
) -> Iterator[LocalStack]:
    """Starts the stack and stops it at the end of the context. Raises StartError.

    Ports: 0 is any free port. `app` is the module of the CDK app, `context` as for `cdk deploy -c`. `web_origins` are those of
    further pages that may call the API and the bucket.
    """
    page, edge = Page(port), LocalEdge() if has_edge(context) else None
    try:
        with start_emulator(aws_port) as emulator:
            all_context = add_web_origins(context, [page.origin, *web_origins])
            stack = _deploy(emulator, page.origin, all_context, app, edge)
            delivery = edge.serve(emulator, read_template(_outdir(emulator))) if edge else nullcontext()
            with delivery, front(stack) as served, page.serve(_page_config(served)):
                yield served
    finally:
        page.close()
        if edge:
            edge.close()


def _outdir(emulator: Emulator) -> Path:
    return emulator.folder / "cdk.out"


def _deploy(
    emulator: Emulator, web: str, context: Mapping[str, str], app: str, edge: LocalEdge | None
) -> LocalStack:
    if edge:
        keyed = edge.create_keys(emulator, context)
        outputs = deploy(emulator, _outdir(emulator), keyed, app, edge.change)
    else:
        outputs = deploy(emulator, _outdir(emulator), context, app)
    pool, client = outputs.get("UserPoolId"), outputs.get("ClientId")
    return LocalStack(
        api=_to_path_form(emulator, outputs.get("OriginHost") or urlsplit(outputs["ApiUrl"]).netloc),
        s3=emulator.endpoint,
        web=web,
        web_origins=tuple(context["webOrigins"].split(",")),
        cognito=emulator.endpoint,
        issuer=outputs["Issuer"],
        client_id=client,
        user_pool_id=pool,
        bucket=outputs["Bucket"],
        table=outputs["Table"],
        region=REGION,
        push=outputs.get("PushUrl"),
        edge=edge,
        users=create_users(emulator, pool=pool, client=client) if pool and client else (),
        # Every user pool of the local AWS has its endpoint here, because the deployed host is Amazon's.
        token_url=f"{emulator.endpoint}/oauth2/token" if "TokenUrl" in outputs else None,
        machines=find_machines(emulator, pool) if pool and "TokenUrl" in outputs else (),
        emulator=emulator,
    )


def _to_path_form(emulator: Emulator, host: str) -> str:
    """Returns MiniStack's path form of the API's URL, because not every resolver knows `{id}.execute-api.localhost`.

    The host is localhost where S3's is 127.0.0.1, so that a client that follows the API's redirect to S3 drops its
    Authorization header.
    """
    id = host.partition(".")[0]
    return f"http://localhost:{emulator.port}/_aws/execute-api/{id}"


def _page_config(stack: LocalStack) -> dict[str, Any]:
    """Returns the page's /config.json. The users are for one-click sign-in, which only the local stack offers."""
    return {
        "api": stack.api,
        "cognito": stack.cognito,
        "storage": stack.s3,
        "clientId": stack.client_id,
        "region": stack.region,
        **({"push": stack.push} if stack.push else {}),
        **({"downloads": stack.edge.origin} if stack.edge else {}),
        "demoUsers": [{"name": user.name, "password": user.password} for user in stack.users],
    }
