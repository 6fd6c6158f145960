"""The composition root of the function of one webhook endpoint, which has a role, a queue and a secret of its own."""

import json
import os
from datetime import datetime
from functools import cache
from urllib.parse import urlsplit

from functions.adapters.cached_secret import CachedSecret
from functions.adapters.delivery_queue import SQSDeliveryQueue
from functions.adapters.public_https import PublicHttps
from functions.features.webhooks.delivery import WebhookService
from functions.features.webhooks.payload import SignDownload
from functions.features.webhooks.secrets import EndpointSecrets
from functions.wiring import clients, now, repository, settings
from functions.wiring.delivery import delivery
from functions.wiring.secrets import create_secret_request

LOOPBACK_VARIABLE = "AIRLOCK_LOCAL_WEBHOOKS"
"""Environment variable that sends every request to this machine, for tests. The template never sets it."""
_LOOPBACK = "127.0.0.1"


def endpoint_name() -> str:
    return _endpoint()["name"]


@cache
def webhook_service() -> WebhookService:
    secret = CachedSecret(create_secret_request(_endpoint()["secret"]))
    return WebhookService(
        url=_endpoint()["url"],
        sender=_sender(),
        repository=repository(),
        sign_download=_sign_at,
        read_secrets=lambda: EndpointSecrets.from_json(secret.read()),
        clock=now,
    )


@cache
def delivery_queue() -> SQSDeliveryQueue:
    return SQSDeliveryQueue(clients.sqs(), _endpoint()["queue"], _endpoint()["deadLetters"])


def is_local() -> bool:
    """True if requests go to this machine, which needs the variable and an AWS that is on this machine too.

    The variable alone does nothing: a function in AWS whose Secrets Manager is on its own loopback has no secret to sign with.
    """
    aws = clients.endpoint_override("SECRETS_MANAGER")
    return os.environ.get(LOOPBACK_VARIABLE) == "true" and urlsplit(aws or "").hostname == _LOOPBACK


def _sender() -> PublicHttps:
    if is_local():
        return PublicHttps(lambda _host, _port: [_LOOPBACK], lambda address: address == _LOOPBACK)
    return PublicHttps()


@cache
def _endpoint() -> dict[str, str]:
    content: dict[str, str] = json.loads(settings().webhook)
    return content


def _sign_at(at: datetime) -> SignDownload:
    lifetime = settings().download_lifetime
    return lambda content: delivery().sign(content, inline=False, method="GET", lifetime=lifetime, now=at)
