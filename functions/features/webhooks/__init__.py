"""Webhooks: each event of the bus is sent to the endpoints of the deployment, by the rules of Standard Webhooks."""
