"""The stack on a laptop: the synthesised template on a local AWS, two users and the example page."""
