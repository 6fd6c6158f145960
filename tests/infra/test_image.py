"""The function of the step `image`: only where a kind lists it, with memory, code and a role of its own."""

import pytest

from functions.features.image.worker import MAX_FILE, MEMORY
from tests.infra.conftest import Variant
from tests.infra.policy import allowed_actions
from tests.infra.template import Synthesis

FUNCTION = "ImageFunction"
TASKS, RESULTS = "StepsImageTasks", "StepsImageResults"
MIB = 1 << 20


@pytest.fixture(scope="module")
def with_image(variant: Variant) -> Synthesis:
    kinds = "tests/journeys/shipped_kinds.toml"
    return variant(kindsFile=kinds, scanner="guardduty")


def test_a_deployment_whose_kinds_do_not_list_the_step_has_nothing_of_it(stack: Synthesis) -> None:
    assert [name for name in stack.resources() if "Image" in name] == []


def test_a_conversion_fits_into_the_function(with_image: Synthesis) -> None:
    function = with_image.all("AWS::Lambda::Function")[FUNCTION]
    assert function["MemorySize"] * MIB > MEMORY + 200 * MIB
    assert function.get("EphemeralStorage", {"Size": 512})["Size"] * MIB > MAX_FILE
    assert with_image.all("AWS::SQS::Queue")[f"{TASKS}Queue"]["VisibilityTimeout"] == function["Timeout"]


def test_the_function_has_its_own_code_and_knows_its_step(with_image: Synthesis) -> None:
    functions = with_image.all("AWS::Lambda::Function")
    image = functions[FUNCTION]
    assert image["Handler"] == "functions.lambdas.step_worker.lambda_handler"
    assert image["Environment"]["Variables"]["AIRLOCK_STEP"] == "image"


def test_the_worker_reads_staging_and_writes_its_own_renditions(with_image: Synthesis) -> None:
    consume = {
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ChangeMessageVisibility",
    }
    assert allowed_actions(with_image, "ImageRole") == {
        "${StorageBucket.Arn}/staging/*": {"s3:GetObjectVersion"},
        "${StorageBucket.Arn}/renditions/*/*/image/*": {"s3:PutObject"},
        "${StorageBucket.Arn}": {"s3:ListBucket"},
        f"${{{TASKS}Queue.Arn}}": {*consume, "sqs:SendMessage"},
        f"${{{TASKS}DeadLetters.Arn}}": {"sqs:SendMessage"},
        f"${{{RESULTS}Queue.Arn}}": {"sqs:SendMessage"},
        "${ImageLog.Arn}": {"logs:CreateLogStream", "logs:PutLogEvents"},
    }
