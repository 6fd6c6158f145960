"""The properties of a subscriber. The registry in subscribers.py imports the subscribers, which import this module."""

from dataclasses import dataclass

from aws_cdk import aws_events as events

from infra.features.events import EventsProps


@dataclass(frozen=True, kw_only=True)
class SubscriberProps(EventsProps):
    """The bus to subscribe to, and what all functions of the stack share."""

    bus: events.EventBus


def select_documents() -> events.EventPattern:
    """Returns the pattern of the events of documents, and so not of those of owners."""
    return events.EventPattern(source=["airlock"], detail_type=events.Match.prefix("document."))
