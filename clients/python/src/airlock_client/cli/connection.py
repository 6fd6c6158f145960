"""The client that the global options, the environment and the session describe."""

from dataclasses import dataclass, field

import typer

from airlock_client import AirlockClient
from airlock_client.cli.folders import resume_folder, session_file
from airlock_client.cli.sessions import SessionTokens, load_session


@dataclass(frozen=True)
class Connection:
    """Global options; an empty text is an option that was not given."""

    endpoint: str
    token: str = field(repr=False)

    def connect(self, *, resume: bool = False) -> AirlockClient:
        """Returns a client. Raises typer.BadParameter if nothing names the API."""
        session = load_session(session_file())
        endpoint = self.endpoint or (session.endpoint if session else "")
        if not endpoint:
            raise typer.BadParameter(
                "Name the API with --endpoint or AIRLOCK_ENDPOINT, or run `airlock login`."
            )
        # A token is sent to the API of its session only.
        if not self.token and session and session.endpoint.rstrip("/") != endpoint.rstrip("/"):
            raise typer.BadParameter(
                f"You are signed in to {session.endpoint}. Run `airlock login` for this one."
            )
        token = self.token or SessionTokens(session_file())
        return AirlockClient(endpoint, token, resume_folder=resume_folder() if resume else None)


def connect(context: typer.Context, *, resume: bool = False) -> AirlockClient:
    """Returns the client of a command."""
    connection: Connection = context.obj
    return connection.connect(resume=resume)
