"""Sentences of the step `scan` for people, which the API shows as the `detail` of the step."""

from collections.abc import Sequence

INCONCLUSIVE = "The malware scanner cannot look into the file."
_MAX_NAMES = 400
"""Characters. A detail has at most 500."""


def describe_threats(names: Sequence[str]) -> str:
    """Returns the names of the threats, each once, in a sentence. A long list is cut."""
    listed = ", ".join(dict.fromkeys(names))[:_MAX_NAMES]
    return f"Malware was found: {listed}." if listed else "Malware was found."
