"""Subscribers of a document's events that Airlock ships. The stack creates each whose option is on, and the event bus for them."""

from collections.abc import Callable, Mapping
from dataclasses import fields

from constructs import Construct

from infra.context import Deployment
from infra.events_options import has_bands
from infra.features.audit import Audit
from infra.features.block_suspicious import BlockSuspicious
from infra.features.events import EventConstruct, Events, EventsProps
from infra.features.push import Push
from infra.features.subscriber_props import SubscriberProps
from infra.features.webhooks import Webhooks
from infra.names import construct_name

SUBSCRIBERS: Mapping[str, Callable[[Construct, str, SubscriberProps], EventConstruct]] = {
    "audit": Audit,
    "block_suspicious": BlockSuspicious,
    "webhooks": Webhooks,
    "push": Push,
}
"""Field of the deployment that turns a subscriber on -> its construct, which is created with a scope, an id and properties."""


def has_events(deployment: Deployment) -> bool:
    """Returns True if changes of documents are published: the deployer asks for it, or a subscriber or a band needs it."""
    return deployment.events or has_bands(deployment) or bool(_list_subscribers(deployment))


def create_events(scope: Construct, props: EventsProps) -> list[EventConstruct]:
    """Creates the event bus and the subscribers whose options are on. Returns none if nothing is published."""
    if not has_events(props.deployment):
        return []
    published = Events(scope, "Events", props)
    shared = {field.name: getattr(props, field.name) for field in fields(props)}
    subscriber_props = SubscriberProps(**shared, bus=published.bus)
    subscribers = [
        SUBSCRIBERS[option](scope, construct_name(option), subscriber_props)
        for option in _list_subscribers(props.deployment)
    ]
    return [published, *subscribers]


def _list_subscribers(deployment: Deployment) -> list[str]:
    return [option for option in SUBSCRIBERS if getattr(deployment, option)]
