"""Webhooks: nothing of them without an endpoint; with one, a rule, a queue, a function, a secret and an alarm of its own."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions.features.webhooks.secrets import EndpointSecrets
from functions.wiring.webhooks import LOOPBACK_VARIABLE
from infra.checks import ContextError
from infra.context import Deployment
from tests.infra.conftest import Variant
from tests.infra.policy import allowed_actions
from tests.infra.template import Synthesis
from tests.infra.test_permissions import PERMISSIONS

FILE = "tests/infra/webhooks.toml"
CRM, LAKE = "WebhooksCrm", "WebhooksDataLake"
CONSUME = {
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ChangeMessageVisibility",
    "sqs:SendMessage",
}


@pytest.fixture(scope="module")
def webhooks(variant: Variant) -> Synthesis:
    return variant(webhooksFile=FILE)


def test_without_an_endpoint_there_is_no_bus_and_no_secret(stack: Synthesis) -> None:
    assert stack.all("AWS::Events::EventBus") == {}
    assert stack.all("AWS::SecretsManager::Secret") == {}


def test_an_endpoint_turns_events_on_and_changes_nothing_else_but_the_stream(
    stack: Synthesis, webhooks: Synthesis
) -> None:
    without, with_webhooks = stack.resources(), webhooks.resources()
    changed = {name for name, resource in without.items() if with_webhooks[name] != resource}
    assert changed == {"DocumentTable", "OverviewDashboard"}
    more = with_webhooks.keys() - without.keys()
    assert all(name.startswith(("Events", "Webhooks")) for name in more)


def test_a_rule_selects_the_events_and_kinds_of_its_endpoint(webhooks: Synthesis) -> None:
    rules = webhooks.all("AWS::Events::Rule")
    assert rules[f"{CRM}Events"]["EventPattern"] == {
        "source": ["airlock"],
        "detail-type": ["document.ready", "document.rejected"],
        "detail": {"kind": ["image"]},
    }
    assert "detail" not in rules[f"{LAKE}Events"]["EventPattern"]
    for name in (CRM, LAKE):
        rule = rules[f"{name}Events"]
        [target] = rule["Targets"]
        assert rule["EventBusName"] == "${EventsBus}"
        assert target["Arn"] == f"${{{name}DeliveriesQueue.Arn}}"
        assert target["DeadLetterConfig"] == {"Arn": f"${{{name}DeliveriesDeadLetters.Arn}}"}


def test_each_endpoint_has_a_function_that_sends_at_most_so_many_requests_at_a_time(
    webhooks: Synthesis,
) -> None:
    mappings = webhooks.all("AWS::Lambda::EventSourceMapping")
    for name, concurrency in ((CRM, 4), (LAKE, 10)):
        mapping = mappings[f"{name}FunctionMessages"]
        assert mapping["EventSourceArn"] == f"${{{name}DeliveriesQueue.Arn}}"
        assert mapping["BatchSize"] * mapping["ScalingConfig"]["MaximumConcurrency"] == concurrency
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_function_knows_its_endpoint_alone(webhooks: Synthesis) -> None:
    functions = webhooks.all("AWS::Lambda::Function")
    crm = functions[f"{CRM}Function"]
    assert crm["Handler"] == "functions.lambdas.webhooks.lambda_handler"
    assert json.loads(crm["Environment"]["Variables"]["AIRLOCK_WEBHOOK"]) == {
        "name": "crm",
        "url": "https://crm.example.com/hooks?tenant=1",
        "secret": f"${{{CRM}Secret.Id}}",
        "queue": f"${{{CRM}DeliveriesQueue}}",
        "deadLetters": f"${{{CRM}DeliveriesDeadLetters}}",
    }
    others = [each for name, each in functions.items() if not name.startswith("Webhooks")]
    assert {each["Environment"]["Variables"]["AIRLOCK_WEBHOOK"] for each in others} == {""}


def test_an_attempt_of_each_message_fits_into_the_timeout_of_the_function(webhooks: Synthesis) -> None:
    assert webhooks.all("AWS::Lambda::Function")[f"{CRM}Function"]["Timeout"] == 60
    assert webhooks.all("AWS::SQS::Queue")[f"{CRM}DeliveriesQueue"]["VisibilityTimeout"] == 60


def expected(name: str) -> dict[str, set[str]]:
    return {
        "${StorageBucket.Arn}/documents/*": {"s3:GetObjectVersion"},
        "${StorageBucket.Arn}/renditions/*": {"s3:GetObjectVersion"},
        "${DocumentTable.Arn}": {"dynamodb:GetItem"},
        f"${{{name}Secret.Id}}": {"secretsmanager:GetSecretValue"},
        f"${{{name}DeliveriesQueue.Arn}}": CONSUME,
        f"${{{name}DeliveriesDeadLetters.Arn}}": {"sqs:SendMessage"},
        f"${{{name}FunctionLog.Arn}}": {"logs:CreateLogStream", "logs:PutLogEvents"},
    }


@pytest.mark.parametrize("name", [CRM, LAKE])
def test_a_role_reads_files_and_one_secret_and_touches_one_queue(webhooks: Synthesis, name: str) -> None:
    assert allowed_actions(webhooks, f"{name}FunctionRole") == expected(name)


def test_no_other_role_changes(webhooks: Synthesis) -> None:
    assert {name: allowed_actions(webhooks, name) for name in PERMISSIONS} == PERMISSIONS


def test_with_a_key_the_queue_and_the_secret_are_encrypted_and_the_rule_may_send(variant: Variant) -> None:
    encrypted = variant(webhooksFile=FILE, kms="true")
    assert encrypted.all("AWS::SecretsManager::Secret")[f"{CRM}Secret"]["KmsKeyId"] == "${EncryptionKey.Arn}"
    queue = encrypted.all("AWS::SQS::Queue")[f"{CRM}DeliveriesQueue"]
    assert queue["KmsMasterKeyId"] == "${EncryptionKey.Arn}"
    key_actions = {"kms:Decrypt", "kms:GenerateDataKey"}
    assert allowed_actions(encrypted, f"{CRM}FunctionRole") == expected(CRM) | {
        "${EncryptionKey.Arn}": key_actions
    }
    statements = encrypted.only("AWS::KMS::Key")["KeyPolicy"]["Statement"]
    senders = [each for each in statements if each.get("Sid") == "AllowRulesToSendToEncryptedQueue"]
    assert len(senders) == 1


def test_the_stack_generates_a_secret_that_the_function_can_parse(webhooks: Synthesis) -> None:
    for name in (CRM, LAKE):
        generated = webhooks.all("AWS::SecretsManager::Secret")[f"{name}Secret"]["GenerateSecretString"]
        assert generated["PasswordLength"] % 4 == 0
        assert set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") == set(generated["ExcludeCharacters"])
        assert "IncludeSpace" not in generated or generated["IncludeSpace"] is False
        content = json.loads(generated["SecretStringTemplate"]) | {generated["GenerateStringKey"]: "A" * 44}
        assert EndpointSecrets.from_json(json.dumps(content)).current == "A" * 44


def test_an_event_that_was_not_taken_raises_an_alarm(webhooks: Synthesis) -> None:
    for name in (CRM, LAKE):
        alarm = webhooks.all("AWS::CloudWatch::Alarm")[f"{name}DeadLetters"]
        assert alarm["Dimensions"][0]["Value"] == f"${{{name}DeliveriesDeadLetters.QueueName}}"
        assert alarm["AlarmActions"]
        assert "docs/runbooks/webhook-dead-letters.md" in alarm["AlarmDescription"]


def test_no_template_sends_webhooks_to_the_machine_itself(webhooks: Synthesis) -> None:
    assert LOOPBACK_VARIABLE not in webhooks.text
    assert "AWS_ENDPOINT_URL" not in webhooks.text
    assert "SSL_CERT_FILE" not in webhooks.text


def test_the_outputs_name_the_secret_of_each_endpoint(webhooks: Synthesis) -> None:
    names = {name: value for name, value in webhooks.outputs.items() if name.startswith("Webhook")}
    assert names == {
        "WebhookCrmSecret": f"${{{CRM}Secret.Id}}",
        "WebhookDataLakeSecret": f"${{{LAKE}Secret.Id}}",
    }


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            '[crm]\nurl = "http://crm.example.com/"',
            "crm.url is refused; accepted: a URL that begins with https",
        ),
        ('[crm]\nurl = "https://10.0.0.1/"', "private"),
        (
            '[crm]\nurl = "https://a.example.com/"\nkinds = ["unknown"]',
            "crm.kinds has unknown; accepted: .*image",
        ),
        ('[a_b]\nurl = "https://a.example.com/"\n[ab]\nurl = "https://a.example.com/"', ""),
        ("[crm", "webhooksFile"),
    ],
    ids=["http", "private", "kind", "underscores", "no toml"],
)
def test_a_wrong_file_is_an_error_of_the_synthesis(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "webhooks.toml"
    path.write_text(content)
    context: dict[str, Any] = {"webhooksFile": str(path)}
    if not sentence:
        assert [each.name for each in Deployment.from_context(context).webhooks] == ["a_b", "ab"]
        return
    with pytest.raises(ContextError, match=sentence):
        Deployment.from_context(context)


def test_two_names_with_one_output_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "webhooks.toml"
    url = 'url = "https://a.example.com/"'
    path.write_text(f"[a_1]\n{url}\n[a__1]\n{url}")
    with pytest.raises(ContextError, match="a__1 differs from another name in underscores"):
        Deployment.from_context({"webhooksFile": str(path)})


def test_a_file_that_is_missing_is_an_error() -> None:
    with pytest.raises(ContextError, match="webhooksFile"):
        Deployment.from_context({"webhooksFile": "missing.toml"})
