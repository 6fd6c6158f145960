"""The edge in front of the API: a stack in us-east-1 with CloudFront, AWS WAF and their logs."""
