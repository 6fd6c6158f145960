"""A rotation of delivery keys in every order of its steps, of deployments that may roll back, and of functions that cache.

A deployment changes the key group first, and the functions after it. A unit of time stands for the lifetime of a URL.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from functions.domain.errors import Unavailable
from functions.signing.delivery_keys import DeliveryKey, DeliveryKeys
from operate.delivery_keys import WAIT
from tests.examples import NOW

_MAX_AGE = 2
"""Units for which a function uses the keys that it has read."""
_WAIT = _MAX_AGE + 1
_MAX_KEYS = 3
"""Keys that are ever created, and so two rotations."""


@dataclass(frozen=True)
class World:
    """The content of the secret, what is deployed, and what a function has read. `expiry` are the units that the URLs of a key have left."""

    keys: DeliveryKeys
    group: frozenset[str]
    trusted: frozenset[str]
    outputs: frozenset[str]
    read: DeliveryKeys
    read_age: int = 0
    since_switch: int = _WAIT
    is_deploying: bool = False
    created: int = 1
    expiry: frozenset[tuple[str, int]] = frozenset()
    has_no_key: bool = False

    @property
    def fails(self) -> bool:
        return self.has_no_key or any(id not in self.group for id, _ in self.expiry)


def start() -> World:
    first = DeliveryKeys((DeliveryKey("k1", ""),), "k1", NOW)
    only = frozenset({"k1"})
    return World(first, only, only, only, first)


def moves(world: World, wait: int = _WAIT) -> Iterator[World]:
    """Yields what can happen next. A deployment has the keys that `keys` has printed last."""
    keys = world.keys
    if len(keys.keys) == 1 and world.created < _MAX_KEYS:
        new = DeliveryKey(f"k{world.created + 1}", "")
        yield replace(world, keys=keys.add(new), created=world.created + 1)
    if len(keys.keys) == 2 and not world.is_deploying and set(keys.ids) <= world.outputs:
        yield replace(world, keys=keys.switch(NOW), since_switch=0)
    if len(keys.keys) == 2 and world.since_switch >= wait:
        yield replace(world, keys=keys.remove_other())
    yield from deployments(world)
    yield replace(world, read=keys, read_age=0)
    yield sign(world)
    yield pass_time(world)


def deployments(world: World) -> Iterator[World]:
    if not world.is_deploying:
        yield replace(world, is_deploying=True, group=frozenset(world.keys.ids))
        return
    yield replace(world, is_deploying=False, trusted=world.group, outputs=world.group)
    yield replace(world, is_deploying=False, group=world.outputs, trusted=world.outputs)


def sign(world: World) -> World:
    try:
        used = world.read.choose(world.trusted).id
    except Unavailable:
        return replace(world, has_no_key=True)
    others = {(id, left) for id, left in world.expiry if id != used}
    return replace(world, expiry=frozenset({*others, (used, 1)}))


def pass_time(world: World) -> World:
    """A function reads again at the latest when what it has read is `_MAX_AGE` old."""
    aged = world.read_age + 1
    return replace(
        world,
        read=world.keys if aged > _MAX_AGE else world.read,
        read_age=0 if aged > _MAX_AGE else aged,
        since_switch=min(_WAIT, world.since_switch + 1),
        expiry=frozenset((id, left - 1) for id, left in world.expiry if left > 1),
    )


def explore(wait: int = _WAIT) -> tuple[int, int]:
    """Returns the number of states, and of those with a URL that cannot be signed or that CloudFront refuses."""
    seen, waiting = {start()}, [start()]
    while waiting:
        for after in moves(waiting.pop(), wait):
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return len(seen), sum(world.fails for world in seen)


def test_no_url_fails_in_any_order_of_steps_and_deployments() -> None:
    states, broken = explore()
    assert states > 1_000
    assert broken == 0


@pytest.mark.parametrize("wait", range(_WAIT))
def test_a_shorter_wait_would_fail_urls(wait: int) -> None:
    assert explore(wait)[1] > 0


def test_the_wait_is_that_of_the_command() -> None:
    assert timedelta(minutes=60 + 5) == WAIT
