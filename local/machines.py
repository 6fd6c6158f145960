"""The clients of back ends in the local user pool, and the tokens that they get from its endpoint, as from Cognito's."""

import base64
import json
from dataclasses import dataclass, field
from urllib.request import Request, urlopen

from local.aws import Emulator


@dataclass(frozen=True)
class Machine:
    """`name` is that of the context key `serviceClients`."""

    name: str
    client_id: str
    client_secret: str = field(repr=False)

    def fetch_token(self, token_url: str) -> str:
        """Returns a machine token. Raises urllib.error.HTTPError."""
        credentials = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        headers = {
            "authorization": f"Basic {credentials}",
            "content-type": "application/x-www-form-urlencoded",
        }
        request = Request(token_url, data=b"grant_type=client_credentials", headers=headers)
        with urlopen(request) as response:
            token: str = json.load(response)["access_token"]
        return token


def find_machines(emulator: Emulator, pool: str) -> tuple[Machine, ...]:
    """Returns the clients of the user pool that have a secret, in the order of their names."""
    cognito = emulator.client("cognito-idp")
    listed = cognito.list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]
    described = [
        cognito.describe_user_pool_client(UserPoolId=pool, ClientId=each["ClientId"])["UserPoolClient"]
        for each in listed
    ]
    machines = [
        Machine(each["ClientName"], each["ClientId"], each["ClientSecret"])
        for each in described
        if "ClientSecret" in each
    ]
    return tuple(sorted(machines, key=lambda machine: machine.name))
