"""The way of arrived bytes from staging to documents: inspect, then promote."""
