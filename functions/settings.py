"""The one settings object: `infra` writes it into each function's environment, the functions read it back.

Both sides use this class, so a name cannot drift between the template and the code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

_PREFIX = "AIRLOCK_"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a deployment decides. Lifetimes are seconds, sizes are bytes, limits are per owner."""

    bucket: str
    table: str
    upload_events_url: str
    """Of the queue that S3's events come through."""
    purge_queue_url: str
    """Of the queue of documents whose bytes are to go."""
    owner_claim: str = "sub"
    """The claim of the verified token that owns a document; `sub` or, say, a tenant's id."""
    url_lifetime: int = 900
    """Of URLs to upload. The bucket policy refuses signatures older than this, so both come from here."""
    download_lifetime: int = 300
    """Of URLs to download, which are passed on, logged and kept in histories more easily; same policy."""
    upload_lifetime: int = 86_400
    """From create until the bytes must have arrived; longer than a URL lives, because a slow PUT may land late."""
    restore_window: int = 604_800
    """From a delete until the bytes are gone; meanwhile it can be undone."""
    open_uploads_limit: int = 100
    stored_bytes_limit: int = 10 << 40
    daily_files_limit: int = 10_000
    daily_bytes_limit: int = 10 << 40

    def to_environment(self) -> dict[str, str]:
        """Environment variables for a function; values may be unresolved CDK tokens."""
        return {_PREFIX + field.name.upper(): str(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """The object that `to_environment` wrote. Raises KeyError naming the first variable that is missing."""
        values = {field.name: environment[_PREFIX + field.name.upper()] for field in fields(cls)}
        return cls(**{name: cls._typed(name, value) for name, value in values.items()})  # type: ignore[arg-type]

    @classmethod
    def _typed(cls, name: str, value: str) -> str | int:
        return int(value) if cls.__annotations__[name] is int else value
