"""Push: off by default; with it a WebSocket API without a route for messages, and three functions with these rights alone."""

import json

import pytest

from tests.infra.conftest import Variant
from tests.infra.policy import allowed_actions, as_list, role_statements
from tests.infra.template import Synthesis

TABLE = "${DocumentTable.Arn}"
LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}
CONNECTIONS = (
    "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${PushApi}/live/*/@connections/*"
)
ROLES = {
    "PushTicketsRole": {TABLE: {"dynamodb:PutItem", "dynamodb:Query"}, "${PushTicketsLog.Arn}": LOG},
    "PushSocketsRole": {
        TABLE: {"dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query"},
        "${PushSocketsLog.Arn}": LOG,
    },
    "PushRole": {
        TABLE: {"dynamodb:Query", "dynamodb:DeleteItem"},
        "${PushChanges.Arn}": {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
        CONNECTIONS: {"execute-api:ManageConnections"},
        "${PushLog.Arn}": LOG,
    },
}


@pytest.fixture
def push(variant: Variant) -> Synthesis:
    return variant(push="true")


def test_nothing_of_it_exists_without_the_option(stack: Synthesis) -> None:
    assert not [name for name in stack.resources() if name.startswith("Push")]
    assert "PushUrl" not in stack.outputs
    routes = stack.all("AWS::ApiGatewayV2::Route").values()
    assert "POST /events/tickets" not in {route["RouteKey"] for route in routes}


def test_push_turns_the_events_on(push: Synthesis) -> None:
    [rule] = [each for name, each in push.all("AWS::Events::Rule").items() if name == "PushRule"]
    of_documents = {"source": ["airlock"], "detail-type": [{"prefix": "document."}]}
    assert (rule["EventBusName"], rule["EventPattern"]) == ("${EventsBus}", of_documents)
    [target] = rule["Targets"]
    assert target["Arn"] == "${PushChanges.Arn}"


def test_a_ticket_needs_a_token_and_clients_can_send_no_message(push: Synthesis) -> None:
    routes = push.all("AWS::ApiGatewayV2::Route").values()
    authorization = {(route["ApiId"], route["RouteKey"]): route["AuthorizationType"] for route in routes}
    assert authorization["${ApiHttpApi}", "POST /events/tickets"] == "JWT"
    sockets = {key for api, key in authorization if api == "${PushApi}"}
    assert sockets == {"$connect", "$disconnect"}


@pytest.mark.parametrize("role", ROLES)
def test_each_function_has_these_rights_alone(push: Synthesis, role: str) -> None:
    assert allowed_actions(push, role) == ROLES[role]


@pytest.mark.parametrize("role", ROLES)
def test_no_function_of_it_reads_or_writes_a_document(push: Synthesis, role: str) -> None:
    [statement] = [each for each in role_statements(push, role) if TABLE in as_list(each["Resource"])]
    assert statement["Condition"] == {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["PUSH#*"]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }


def test_no_other_role_may_send_to_connections(push: Synthesis) -> None:
    for name in push.all("AWS::IAM::Role"):
        if name != "PushRole":
            assert CONNECTIONS not in allowed_actions(push, name), name


def test_changes_are_dropped_when_clients_have_read_them(push: Synthesis) -> None:
    queue = push.all("AWS::SQS::Queue")["PushChanges"]
    assert queue["MessageRetentionPeriod"] == 300
    assert queue["VisibilityTimeout"] == push.all("AWS::Lambda::Function")["PushFunction"]["Timeout"] == 30


def test_with_kms_the_queue_is_encrypted_and_the_rule_may_send_to_it(variant: Variant) -> None:
    push = variant(push="true", kms="true")
    assert push.all("AWS::SQS::Queue")["PushChanges"]["KmsMasterKeyId"] == "${EncryptionKey.Arn}"
    policy = push.all("AWS::KMS::Key")["EncryptionKey"]["KeyPolicy"]["Statement"]
    assert "AllowRulesToSendToEncryptedQueue" in {each.get("Sid") for each in policy}
    for role in ROLES:
        assert "kms:Decrypt" in allowed_actions(push, role)["${EncryptionKey.Arn}"]


def test_the_handshakes_are_throttled(variant: Variant) -> None:
    stage = variant(push="true", connectionRate="7").all("AWS::ApiGatewayV2::Stage")["PushStage"]
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 7, "ThrottlingBurstLimit": 35}


def test_only_the_functions_of_push_know_its_url(push: Synthesis) -> None:
    url = "wss://${PushApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/live"
    assert push.outputs["PushUrl"] == url
    functions = push.all("AWS::Lambda::Function")
    urls = {name: each["Environment"]["Variables"]["AIRLOCK_PUSH_URL"] for name, each in functions.items()}
    with_url = {name for name, value in urls.items() if value}
    assert with_url == {"PushFunction", "PushTicketsFunction", "PushSocketsFunction"}
    assert (
        json.loads(json.dumps(functions["UploadsFunction"]))["Environment"]["Variables"]["AIRLOCK_PUSH"]
        == "True"
    )
