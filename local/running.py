"""The one door to the local stack, for `python -m local` and for tests."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.aws import REGION, Emulator, running_emulator
from local.page import Page
from local.stack import deploy
from local.users import User, create_users


@dataclass(frozen=True, kw_only=True)
class Running:
    """Where everything is. Every address is http on this machine only."""

    api: str
    s3: str
    web: str
    cognito: str
    issuer: str
    client_id: str
    user_pool_id: str
    bucket: str
    table: str
    region: str
    users: tuple[User, ...]
    emulator: Emulator

    def to_json(self) -> dict[str, Any]:
        """What a ready file says."""
        return {
            "api": self.api,
            "s3": self.s3,
            "web": self.web,
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
        }

    def write_ready_file(self, path: Path) -> None:
        """All at once: who sees the file can read it whole. It holds passwords, so only its owner may."""
        partial = path.with_name(f"{path.name}.part")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(self.to_json(), indent=2))
        partial.replace(path)


@contextmanager
def running_stack(*, port: int = 0, aws_port: int = 0, **context: str) -> Iterator[Running]:
    """The whole stack, ready to use; stopped on the way out. Ports: 0 is any free one. `context` is as for `cdk deploy -c`.

    Raises StartError.
    """
    page = Page(port)
    try:
        with running_emulator(aws_port) as emulator:
            running = _bring_up(emulator, page.origin, context)
            with page.serving(_config(running)):
                yield running
    finally:
        page.close()


def _bring_up(emulator: Emulator, web: str, context: Mapping[str, str]) -> Running:
    outputs = deploy(emulator, web, emulator.folder / "cdk.out", context)
    pool, client = outputs["UserPoolId"], outputs["ClientId"]
    return Running(
        api=_api(emulator, outputs["ApiUrl"]),
        s3=emulator.endpoint,
        web=web,
        cognito=emulator.endpoint,
        issuer=outputs["Issuer"],
        client_id=client,
        user_pool_id=pool,
        bucket=outputs["Bucket"],
        table=outputs["Table"],
        region=REGION,
        users=create_users(emulator, pool=pool, client=client),
        emulator=emulator,
    )


def _api(emulator: Emulator, deployed: str) -> str:
    """MiniStack's path form of the deployed URL, on another host name than S3's.

    `{id}.execute-api.localhost` would be nearer to AWS, but not every resolver knows names below localhost. And
    S3 is 127.0.0.1, so that a client which follows the 307 of /content leaves its Authorization header behind.
    """
    id = urlsplit(deployed).netloc.partition(".")[0]
    return f"http://localhost:{emulator.port}/_aws/execute-api/{id}"


def _config(running: Running) -> dict[str, Any]:
    """What the page needs. The users are for one-click sign-in, which only a laptop offers."""
    return {
        "api": running.api,
        "cognito": running.cognito,
        "clientId": running.client_id,
        "region": running.region,
        "demoUsers": [{"name": user.name, "password": user.password} for user in running.users],
    }
