"""Mutants: changes to the code that some test must notice, such as one condition, one header or one check less.

A mutant is a text in a module, its replacement, and the tests that must fail. The text must occur exactly once.
Each subject has a module of its own.
"""

from tests.faults.mutants import (
    adapters,
    audit,
    effects,
    events,
    image,
    malware,
    operation,
    push,
    records,
    requests,
    states,
    steps,
    table,
    webhooks,
)

MUTANTS = [
    *adapters.MUTANTS,
    *audit.MUTANTS,
    *effects.MUTANTS,
    *events.MUTANTS,
    *image.MUTANTS,
    *malware.MUTANTS,
    *operation.MUTANTS,
    *push.MUTANTS,
    *records.MUTANTS,
    *requests.MUTANTS,
    *states.MUTANTS,
    *steps.MUTANTS,
    *table.MUTANTS,
    *webhooks.MUTANTS,
]
