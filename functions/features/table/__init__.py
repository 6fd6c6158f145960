"""The step `table`: validates the rows of a CSV file, and writes those that are valid as a typed table."""
