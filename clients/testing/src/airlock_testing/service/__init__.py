"""The service itself: Airlock's functions in one process, on moto, behind HTTP servers on the loopback."""
