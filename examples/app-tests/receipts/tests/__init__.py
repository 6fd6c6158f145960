"""Tests of the app, on the fixture `airlock`."""
