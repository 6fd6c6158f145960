"""The context of a deployment behind CloudFront and AWS WAF."""

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0"
WAF = {"waf": "true", "apiDomain": "api.example.com", "apiCertificateArn": CERTIFICATE}
