"""Benchmarks. botocore must not find awscrt, which tools/ need and a function in Lambda does not have: with it botocore signs in
another way and takes longer to import.
"""

import sys

sys.modules["awscrt"] = None  # type: ignore[assignment]
