"""The owner of the document that a request is about, once the caller is known to have access to it."""

from functions import clients
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.domain.callers import Caller
from functions.domain.document_operations import check_creator
from functions.wiring import settings


def find_owner(caller: Caller, document_id: str) -> str:
    """Returns the owner key. A machine that acts on behalf of an owner costs one more read of the record.

    The creator of a document never changes, so what is done next finds the same one. Raises NotFound.
    """
    if caller.client is not None:
        repository = DynamoDBDocuments(clients.dynamodb(), settings().table)
        check_creator(repository, caller.owner, document_id, caller.client)
    return caller.owner
