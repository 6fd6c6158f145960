"""Entry point of the CDK app: `python app.py` writes the template and its assets to cdk.out, or to CDK_OUTDIR."""

import os
import sys

from infra.build import build
from infra.checks import ContextError

if __name__ == "__main__":
    try:
        # The CDK command line sets both.
        outdir, region = os.environ.get("CDK_OUTDIR", "cdk.out"), os.environ.get("CDK_DEFAULT_REGION")
        app = build({}, outdir=outdir, region=region)
    except ContextError as error:
        sys.exit(f"invalid context: {error}")
    app.synth()
