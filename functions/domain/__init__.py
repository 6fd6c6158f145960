"""The meaning of the service: documents, their states, limits and names. Standard library only; time and ids are passed in."""
