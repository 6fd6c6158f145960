"""An app that keeps the receipts of its users in Airlock."""
