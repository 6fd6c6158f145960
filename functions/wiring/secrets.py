"""The request for a secret of Secrets Manager."""

from functions.adapters.credentials import credentials_from_environment
from functions.adapters.secret_request import SecretRequest
from functions.signing.endpoint import regional_host
from functions.wiring import clients


def create_secret_request(secret: str) -> SecretRequest:
    """Returns the request for the current value of the secret with this name, in the Region of the function."""
    region = clients.region()
    origin = (
        clients.endpoint_override("SECRETS_MANAGER") or f"https://{regional_host('secretsmanager', region)}"
    )
    return SecretRequest(origin, region, secret, credentials_from_environment)
