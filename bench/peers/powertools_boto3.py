"""The usual stack: Powertools (Logger, Tracer, Metrics, validating resolver), pydantic, boto3 clients of S3 and DynamoDB."""

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.metrics import MetricUnit
from models import CreateRequest, CreateResult
from models import create as create_upload

logger = Logger(service="usual")
tracer = Tracer(service="usual")
metrics = Metrics(namespace="usual", service="usual")
app = APIGatewayHttpResolver(enable_validation=True)


@app.post("/documents")
@tracer.capture_method(capture_response=False)
def create(request: CreateRequest) -> CreateResult:
    claims = app.current_event.request_context.authorizer.jwt_claim
    created = create_upload(request, claims["sub"])
    metrics.add_metric(name="Created", unit=MetricUnit.Count, value=1)
    logger.info("created", document_id=created.id)
    return created


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def lambda_handler(event, context):
    return app.resolve(event, context)
