"""`python -m tests.runner.child`: does what it reads, [number, task, arguments] by the line."""

import importlib
import json
import os
import sys
import traceback


def main() -> None:
    """Set Django up, then obey until stdin ends."""
    import django  # noqa: PLC0415  reads the settings that the environment names

    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)  # whatever is printed must not get between the answers
        django.setup()
        tasks = importlib.import_module("tests.runner.tasks")
        for line in sys.stdin:
            number, name, arguments = json.loads(line)
            try:
                answer = {"result": getattr(tasks, name)(*arguments)}
            except Exception:  # noqa: BLE001  told to the parent, who fails
                answer = {"error": traceback.format_exc()}
            answers.write(f"{json.dumps({'number': number, **answer})}\n")
            answers.flush()


if __name__ == "__main__":
    main()
