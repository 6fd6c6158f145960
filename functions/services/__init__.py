"""Use cases. The modules are siblings that do not import each other."""
