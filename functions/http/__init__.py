"""HTTP: routes, schemas, problems. What the functions behind the API share."""
