"""FastAPI behind Mangum, with boto3 clients of S3 and DynamoDB."""

from fastapi import FastAPI, Request
from mangum import Mangum
from models import CreateRequest, CreateResult
from models import create as create_upload

app = FastAPI()


@app.post("/documents", status_code=201)
def create(request: CreateRequest, http: Request) -> CreateResult:
    event = http.scope["aws.event"]
    return create_upload(request, event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"])


lambda_handler = Mangum(app, lifespan="off")
