"""Tests of faults: crashes, duplicate, late and reordered messages, workers, and concurrent requests, one by one and combined.

    test_crash_points      a crash before and after every call to AWS, for each journey of a client
    test_interleavings     two or three concurrent parties, in every order of their calls
    test_step_interleavings
                           the same for the scanner, workers of shipped steps, the sweep and a client
    test_stateful          random sequences of all operations and faults, compared with a model in plain Python
    test_mutants           the code with one condition removed: some test must fail
    test_same_key          concurrent requests with one Idempotency-Key
    test_many_events       ten thousand S3 events

They run the functions as wired for Lambda, on moto. `aws_calls` observes and interrupts the calls to AWS, `simulation` is the
account with its client, queues and clock, `workers` are those of steps, `scanner` is GuardDuty, `client_journeys` and
`step_journeys` are what clients do there, and `invariants` and `step_checks` must hold for all of it. Only
`test_stateful` runs on the fakes, because it takes ten thousand steps.
"""
