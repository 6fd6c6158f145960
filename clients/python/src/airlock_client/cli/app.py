"""The commands of `airlock` and its global options."""

import typer

from airlock_client._version import __version__
from airlock_client.cli import documents, sign_in, transfers, verification
from airlock_client.cli.connection import Connection
from airlock_client.cli.exit_codes import ExitCode, to_exit_code
from airlock_client.cli.output import accept_every_name, print_error, print_line
from airlock_client.errors import AirlockError

app = typer.Typer(
    help="Uploads files to Airlock, and downloads them once they are checked.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they print local variables, and tokens with them
)
for module in (sign_in, transfers, documents, verification):
    module.add_commands(app)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        print_line(__version__)
        raise typer.Exit


@app.callback()
def configure(
    context: typer.Context,
    endpoint: str = typer.Option(
        "", envvar="AIRLOCK_ENDPOINT", help="URL of the API. Default: that of `airlock login`."
    ),
    token: str = typer.Option(
        "",
        envvar="AIRLOCK_TOKEN",
        help="Access token. Default: that of `airlock login`. The environment hides it from other users; an option does not.",
    ),
    version: bool = typer.Option(  # noqa: ARG001 (its callback has run)
        False, "--version", is_eager=True, callback=_print_version, help="Prints the version."
    ),
) -> None:
    """Keeps the global options for the command."""
    context.obj = Connection(endpoint, token)


def run() -> int:
    """Runs the command line and returns its exit code."""
    accept_every_name()
    try:
        result = app(standalone_mode=False)
    except typer.Exit as error:
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        print_error("Interrupted. The same command continues where this one has stopped.")
        return ExitCode.INTERRUPTED
    except AirlockError as error:
        print_error(str(error))
        return to_exit_code(error)
    except OSError as error:
        print_error(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        return ExitCode.ERROR
    except Exception as error:
        return _report_usage(error)
    return int(result or 0)


def _report_usage(error: Exception) -> int:
    """Shows an error of the command line as click does. Raises any other error."""
    show = getattr(error, "show", None)
    if show is None:
        raise error
    show()
    return ExitCode.USAGE
