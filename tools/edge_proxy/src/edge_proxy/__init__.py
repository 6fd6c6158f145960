"""CloudFront for tests: a reverse proxy on 127.0.0.1 that takes its configuration from a synthesised CloudFormation template.

    distribution = read_distribution(template, values)
    server = EdgeServer()
    with Origins({"bucket.s3.us-east-1.amazonaws.com": "http://127.0.0.1:4566/bucket"}, credentials) as origins:
        with server.serve(EdgeProxy(distribution, origins, host=server.host)):
            ...

What it does not know it refuses with TemplateError, so that it is never laxer than CloudFront. The README says what
CloudFront does, with a source for each.
"""

from edge_proxy.distribution import Distribution, read_distribution
from edge_proxy.errors import TemplateError
from edge_proxy.origins import Origins
from edge_proxy.proxy import EdgeProxy
from edge_proxy.server import EdgeServer
from edge_proxy.template import Template
from edge_proxy.web_acl import WebAcl, read_web_acl

__all__ = [
    "Distribution",
    "EdgeProxy",
    "EdgeServer",
    "Origins",
    "Template",
    "TemplateError",
    "WebAcl",
    "read_distribution",
    "read_web_acl",
]
