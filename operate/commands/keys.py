"""The command `keys`: creates the keys that sign URLs of CloudFront, and rotates them."""

import argparse
from datetime import UTC, datetime

from functions.signing.delivery_keys import DeliveryKeys
from operate.command import Command, Result
from operate.delivery_keys import WAIT, KeyStore, list_public_keys, read_deployed
from operate.deployment import Deployment


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    store, now = KeyStore(deployment.client("secretsmanager"), deployment.stack), datetime.now(UTC)
    match arguments.action:
        case "create":
            return _describe(
                store.create(now), "Deploy with these keys. A second one signs after `keys switch`."
            )
        case "switch":
            keys = store.switch(read_deployed(deployment), now)
            until = (now + WAIT).isoformat(timespec="minutes")
            return _describe(keys, f"The other key signs. Run `keys remove` after {until}.")
        case "remove":
            return _describe(store.remove(now), "Deploy with this key.")
    return _describe(store.require(), "")


def _describe(keys: DeliveryKeys, next_step: str) -> Result:
    """No private key is printed, because terminals and build systems keep what is."""
    public = list_public_keys(keys)
    lines = [f"{each}{'  signs' if each == keys.current else ''}" for each in keys.ids]
    lines.append(f"deliveryKeys={','.join(public)}")
    data = {"keys": list(keys.ids), "current": keys.current, "deliveryKeys": public}
    return Result(data, [*lines, *([next_step] if next_step else [])])


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("create", "list", "switch", "remove"))


COMMAND = Command("create the keys that sign URLs of CloudFront, and rotate them", _run, _add_arguments)
