"""Checks of a deployment from outside and inside. Each finding says what is wrong and what to do."""
