"""Entry point of the CDK app: `python app.py` writes the template and its assets to cdk.out, or to CDK_OUTDIR."""

import os
import sys

from infra.build import build
from infra.context import ContextError

if __name__ == "__main__":
    try:
        app = build({}, outdir=os.environ.get("CDK_OUTDIR", "cdk.out"))
    except ContextError as error:
        sys.exit(f"invalid context: {error}")
    app.synth()
