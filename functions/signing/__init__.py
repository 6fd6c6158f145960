"""AWS Signature Version 4: presigned URLs and forms for S3, and signed requests to DynamoDB. Standard library only."""
