"""The list of gaps and the order in which they are closed."""

from ministack_gaps import (
    apigateway,
    apigateway_addresses,
    apigateway_limits,
    apigateway_throttling,
    apigateway_websockets,
    cloudformation_data,
    cloudfront_keys,
    cloudwatch_templates,
    cognito,
    dynamodb_conflicts,
    dynamodb_leading_keys,
    dynamodb_streams,
    eventbridge_rules,
    execution_role,
    guardduty,
    lambda_workers,
    principal_arn,
    s3_condition_keys,
    s3_copy,
    s3_delete_objects,
    s3_download,
    s3_forms,
    s3_header_size,
    s3_missing_key,
    s3_multipart,
    s3_object_lock,
    s3_presigned,
)

_GAPS = (
    apigateway,
    apigateway_throttling,
    apigateway_websockets,
    cognito,
    cloudformation_data,
    cloudfront_keys,
    cloudwatch_templates,
    dynamodb_conflicts,
    dynamodb_leading_keys,
    dynamodb_streams,
    eventbridge_rules,
    execution_role,
    guardduty,
    lambda_workers,
    principal_arn,
    apigateway_limits,  # after apigateway and lambda_workers, whose functions it wraps
    apigateway_addresses,  # after apigateway_limits, whose function it wraps
    s3_condition_keys,
    s3_copy,
    s3_delete_objects,
    s3_download,
    s3_forms,
    s3_missing_key,  # after s3_download, whose GetObject it wraps
    s3_multipart,
    s3_object_lock,
    s3_presigned,
    s3_header_size,  # after s3_presigned, whose check it wraps
)


def close_gaps() -> None:
    """Replaces MiniStack's functions for every gap. Call once per process, before the first request."""
    for gap in _GAPS:
        gap.install()
