"""The tables of moto's running mock over HTTP, for the functions' own client, which moto cannot catch inside the process."""

import logging
from functools import cache

from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from functions.adapters.dynamodb.client import DynamoDBClient
from functions.signing.credentials import Credentials


@cache
def table_server() -> str:
    """Its origin. One serves the whole run: it holds nothing, and its thread ends with the process."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # not a line for each request
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"


@cache
def table_client(region: str) -> DynamoDBClient:
    credentials = Credentials("AKIDEXAMPLE", "a-secret-of-nobody", "a-session-token")
    return DynamoDBClient(table_server(), region, lambda: credentials)
