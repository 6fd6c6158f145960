"""HTTP: the route table, request and response schemas, problems, and the function that serves routes."""
