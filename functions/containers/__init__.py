"""Programs that run in containers: one module per container, each a loop over a queue."""
