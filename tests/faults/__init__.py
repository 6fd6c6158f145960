"""What may go wrong, tried one by one and together: crashes, repeats, lateness, other orders, other hands at the same time.

    test_crash_points      the process is killed before and after every call to AWS, journey by journey
    test_interleavings     two requests at once, in every order of their calls
    test_stateful          everything at once, by chance, against a model in plain Python
    test_mutants           one condition less, and these tests have to notice
    test_same_key          one Idempotency-Key, many requests in the same moment
    test_many_events       ten thousand of S3's events

All of it runs the functions as they are wired for Lambda, on moto. `aws_calls` is where the world can be stopped,
`world` is the account with its clients, its queues and its time, `journeys` is what clients do there, `invariants` is what
has to be true of all of it. Only `test_stateful` runs on the fakes, for its ten thousand steps.
"""
