"""The worker of the step `promote` for objects above the single-copy limit."""
