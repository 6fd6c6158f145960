"""Features: one module for what each folder of `functions/features` needs of AWS."""
