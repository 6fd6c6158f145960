"""Airlock for integration tests: the whole service on the loopback, with tokens for any user, a clock to move and faults.

The fixture `airlock` of the pytest plugin is an `Airlock`. `start_airlock` starts one anywhere else. The service runs in a process
of its own, so that neither its environment nor moto's mock of AWS reaches the tests.
"""

from airlock_testing.client import Airlock, AirlockError
from airlock_testing.process import StartError, start_airlock

__all__ = ["Airlock", "AirlockError", "StartError", "start_airlock"]
