"""The route of tickets, each of which opens one push connection. Only deployments with `push=true` have it.

The role touches tickets and connections in the table, and no document.
"""

from aws_lambda_powertools.event_handler import Response

from functions import wiring
from functions.http.function import HttpFunction, json_response
from functions.http.ticket_schemas import TicketResponse
from functions.startup import finish_init
from functions.wiring.edge import edge, read_edge_secrets
from functions.wiring.push import connection_service

api = HttpFunction("tickets", owner_claim=lambda: wiring.settings().owner_claim, edge=edge)
lambda_handler = api.serve


@api.route("createTicket")
def create_ticket() -> Response[TicketResponse]:
    ticket = connection_service().create_ticket(api.owner_key())
    return json_response(TicketResponse.from_ticket(ticket, wiring.settings().push_url), 201)


finish_init(connection_service, wiring.connect, read_edge_secrets)
