"""The command `airlock`."""

import sys


def main() -> None:
    """Runs the command line, whose packages are an extra of this one."""
    try:
        from airlock_client.cli.app import run
    except ModuleNotFoundError as error:
        sys.exit(
            f"The package {error.name} is missing. Install the command line with `pip install 'airlock-client[cli]'`."
        )
    sys.exit(run())


if __name__ == "__main__":
    main()
