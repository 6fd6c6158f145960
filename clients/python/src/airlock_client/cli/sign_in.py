"""The commands `login` and `logout`."""

import os
from typing import Annotated

import typer

from airlock_client.cli.connection import Connection
from airlock_client.cli.folders import session_file
from airlock_client.cli.output import print_line
from airlock_client.cli.sessions import Session, save_session


def login(
    context: typer.Context,
    client_id: Annotated[str, typer.Option(help="Id of the app client, the output ClientId of the stack.")],
    user_pool_id: Annotated[
        str,
        typer.Option(
            help="Cognito user pool, the output UserPoolId of the stack: signs in with a password (SRP)."
        ),
    ] = "",
    user: Annotated[str, typer.Option(help="Name of the user of the pool. Default: asks.")] = "",
    cognito_endpoint: Annotated[str, typer.Option(help="Cognito of a local stack.")] = "",
    issuer: Annotated[
        str, typer.Option(help="OpenID Connect issuer: signs in with the browser (code flow, PKCE).")
    ] = "",
    scope: Annotated[str, typer.Option(help="Scopes to request at the issuer.")] = "openid offline_access",
    audience: Annotated[str, typer.Option(help="Audience to request at the issuer, as Auth0 needs it.")] = "",
    port: Annotated[
        int, typer.Option(help="Port of the redirect http://127.0.0.1:PORT/callback. Default: any.")
    ] = 0,
) -> None:
    """Signs in, and keeps the tokens in a file that only you can read.

    AIRLOCK_PASSWORD may have the password, for scripts.
    """
    connection: Connection = context.obj
    if not connection.endpoint:
        raise typer.BadParameter("Name the API with --endpoint before `login`, or with AIRLOCK_ENDPOINT.")
    if bool(user_pool_id) == bool(issuer):
        raise typer.BadParameter("Name either --user-pool-id or --issuer.")
    if user_pool_id:
        provider = {
            "user_pool_id": user_pool_id,
            "client_id": client_id,
            "cognito_endpoint": cognito_endpoint,
        }
        session = _sign_in_with_password(connection.endpoint, provider, user)
    else:
        provider = {"issuer": issuer, "client_id": client_id, "scope": scope, "audience": audience}
        session = _sign_in_with_browser(connection.endpoint, provider, port)
    save_session(session_file(), session)
    print_line(f"Signed in. The session is in {session_file()}")


def logout() -> None:
    """Removes the tokens of this machine."""
    session_file().unlink(missing_ok=True)


def add_commands(app: typer.Typer) -> None:
    app.command()(login)
    app.command()(logout)


def _sign_in_with_password(endpoint: str, provider: dict[str, str], user: str) -> Session:
    from airlock_client.cli import cognito

    name = user or typer.prompt("User", err=True)
    password = os.environ.get("AIRLOCK_PASSWORD") or _ask("Password")
    return Session(endpoint, "cognito", provider, cognito.sign_in(provider, name, password, _ask))


def _sign_in_with_browser(endpoint: str, provider: dict[str, str], port: int) -> Session:
    from airlock_client.cli import oidc

    print_line("Sign in on the page that opens in your browser.")
    return Session(endpoint, "oidc", provider, oidc.sign_in(provider, port))


def _ask(question: str) -> str:
    return str(typer.prompt(question, hide_input=True, err=True))
