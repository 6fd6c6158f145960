"""Measures a function in its own process: `python probe.py MODULE EVENT.json`.

Prints the CPU seconds of the import and of the first call, the peak memory in bytes and the number of opened files. Then,
for each line of stdin, which is a number of calls, prints the CPU seconds per call. `--import` skips the first call.
`--count` counts opened files, which slows everything else down.

Uses the standard library only, because it also runs in the environment of the peers.
"""

import importlib
import json
import sys
import time

sys.modules["awscrt"] = None  # type: ignore[assignment]  # see bench/__init__.py
opened = 0


class Context:
    function_name = "bench"
    function_version = "$LATEST"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:bench"
    aws_request_id = "52fdfc07-2182-454f-963f-5f0f9a621d72"
    log_group_name = log_stream_name = "bench"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 300_000


def count_opened(event: str, arguments: object) -> None:
    global opened
    opened += event == "open"


def peak_memory() -> int:
    """Returns the peak in bytes. getrusage is not used, because it returns that of the parent if it is larger."""
    with open("/proc/self/status") as status:
        [line] = [line for line in status if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


def main(module: str, event_file: str, *flags: str) -> None:
    with open(event_file) as file:
        text = file.read()
    # The log of the functions is dropped.
    out, sys.stdout = sys.stdout, open("/dev/null", "w")
    if "--count" in flags:
        sys.addaudithook(count_opened)
    context, event = Context(), json.loads(text)
    start = time.process_time()
    handler = importlib.import_module(module).lambda_handler
    imported = time.process_time()
    if "--import" not in flags and handler(event, context)["statusCode"] not in (200, 201):
        raise SystemExit(f"{module} did not create a document")
    done = time.process_time()
    figures = {"imported": imported - start, "first": done - imported, "rss": peak_memory(), "opened": opened}
    print(json.dumps(figures), file=out, flush=True)
    for line in sys.stdin:
        events = [json.loads(text) for _ in range(int(line))]
        before = time.process_time()
        for event in events:
            handler(event, context)
        print(json.dumps((time.process_time() - before) / len(events)), file=out, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
