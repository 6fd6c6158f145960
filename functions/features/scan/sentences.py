"""Sentences of the step `scan` for people, which the API shows as the `detail` of the step."""

from collections.abc import Sequence

from functions.domain.tasks import MAX_DETAIL

INCONCLUSIVE = "The malware scanner cannot look into the file."
_MAX_NAMES = MAX_DETAIL - 100
"""Characters. The rest is for the sentence around the names."""


def describe_threats(names: Sequence[str]) -> str:
    """Returns the names of the threats, each once, in a sentence. A long list is cut.

    What cannot be printed is left out, such as a lone surrogate, because the table could not store the verdict then.
    """
    joined = ", ".join(dict.fromkeys(names))
    listed = "".join(filter(str.isprintable, joined))[:_MAX_NAMES]
    return f"Malware was found: {listed}." if listed else "Malware was found."
