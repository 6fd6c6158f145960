"""Benchmarks. botocore must not find awscrt, which tools/ need and a function in Lambda does not have: with it botocore signs in
another way and takes longer to import. Tests of benches run in one process with those of tools/, and measure nothing.
"""

import sys

if "pytest" not in sys.modules:
    sys.modules["awscrt"] = None  # type: ignore[assignment]
