"""The claims of an access token: the owner of documents, and the actor of a change.

API Gateway passes every claim as text, and writes a list or an object in the notation of Go.
"""

import re
from collections.abc import Mapping
from typing import Any

from functions.domain.codes import Code
from functions.domain.errors import AirlockError

_NOT_SCALAR = re.compile(r"\[.*\]|\{.*\}|map\[.*\]|<nil>|null", re.DOTALL)
"""A list, an object or no value, as the gateway and JSON write them. Each would be one owner for many callers."""

_MAX_SUBJECT = 255
"""Maximum length of `sub`. OpenID Connect Core 1.0, section 2."""


def read_owner(claims: Mapping[str, Any], name: str) -> str:
    """Returns the value of the claim that owns documents. Raises AirlockError `tenant_missing`."""
    value = claims.get(name)
    if value is None or value == "":
        raise AirlockError(Code.TENANT_MISSING, f"The token has no claim {name}.")
    if not isinstance(value, str) or not is_owner(value):
        raise AirlockError(Code.TENANT_MISSING, f"The claim {name} of the token is not a single text.")
    return value


def is_owner(text: str) -> bool:
    """Returns False for a text that stands for many callers or for none, and so names no owner."""
    return bool(text.strip()) and not _NOT_SCALAR.fullmatch(text) and _is_text(text)


def read_actor(claims: Mapping[str, Any]) -> str | None:
    """Returns the subject of the token, which names the user; None for a token without a usable one."""
    value = claims.get("sub")
    is_usable = isinstance(value, str) and 0 < len(value) <= _MAX_SUBJECT and _is_text(value)
    return value if is_usable else None


def _is_text(value: str) -> bool:
    """Returns False for a lone surrogate, which JSON can write and UTF-8 cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
