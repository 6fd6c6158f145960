"""Settings for every test, made before any test or plugin imports botocore."""

import os

# With awscrt installed, botocore signs in another way than where it is not, as in Lambda.
os.environ["BOTO_DISABLE_CRT"] = "true"

pytest_plugins = ["tests.case_counts", "tests.deep", "tests.distribution", "tests.soak_record"]
