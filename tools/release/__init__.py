"""The dry run of a release: builds the distributions of the clients and checks them. It publishes nothing."""
