"""A handler without a framework: json, and boto3 clients of S3 and DynamoDB."""

import json
import os
import uuid

import boto3
from botocore.config import Config

s3 = boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
dynamodb = boto3.client("dynamodb")


def lambda_handler(event, context):
    request = json.loads(event["body"])
    name, size, content_type = str(request["fileName"]), int(request["size"]), str(request["contentType"])
    document_id, owner = str(uuid.uuid4()), event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"]
    dynamodb.put_item(
        TableName=os.environ["AIRLOCK_TABLE"],
        Item={
            "pk": {"S": owner},
            "sk": {"S": document_id},
            "fileName": {"S": name},
            "size": {"N": str(size)},
            "contentType": {"S": content_type},
            "status": {"S": "pending"},
        },
        ConditionExpression="attribute_not_exists(pk)",
    )
    url = s3.generate_presigned_url(
        "put_object",
        Params={
            "Bucket": os.environ["AIRLOCK_BUCKET"],
            "Key": f"staging/{document_id}",
            "ContentLength": size,
            "ContentType": content_type,
            "IfNoneMatch": "*",
        },
        ExpiresIn=900,
    )
    body = json.dumps({"id": document_id, "status": "pending", "url": url})
    return {"statusCode": 201, "headers": {"content-type": "application/json"}, "body": body}
