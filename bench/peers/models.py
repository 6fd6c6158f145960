"""The request and the response as pydantic models, and the creation of an upload."""

import os
import uuid

import boto3
from botocore.config import Config
from pydantic import BaseModel, Field

s3 = boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
dynamodb = boto3.client("dynamodb")


class CreateRequest(BaseModel):
    fileName: str = Field(max_length=1024)  # noqa: N815 - as on the wire
    size: int = Field(ge=1)
    contentType: str = Field(max_length=255)  # noqa: N815


class CreateResult(BaseModel):
    id: str
    status: str
    url: str


def create(request: CreateRequest, owner: str) -> CreateResult:
    document_id = str(uuid.uuid4())
    dynamodb.put_item(
        TableName=os.environ["AIRLOCK_TABLE"],
        Item={
            "pk": {"S": owner},
            "sk": {"S": document_id},
            "fileName": {"S": request.fileName},
            "size": {"N": str(request.size)},
            "contentType": {"S": request.contentType},
            "status": {"S": "pending"},
        },
        ConditionExpression="attribute_not_exists(pk)",
    )
    url = s3.generate_presigned_url(
        "put_object",
        Params={
            "Bucket": os.environ["AIRLOCK_BUCKET"],
            "Key": f"staging/{document_id}",
            "ContentLength": request.size,
            "ContentType": request.contentType,
            "IfNoneMatch": "*",
        },
        ExpiresIn=900,
    )
    return CreateResult(id=document_id, status="pending", url=url)
