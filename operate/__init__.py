"""Commands of an operator: `python -m operate`. They act on a deployed stage with the AWS credentials of the caller."""
