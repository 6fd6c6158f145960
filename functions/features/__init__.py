"""Workers of steps, one folder each. A feature imports domain and pipeline; only `wiring` imports a feature."""
