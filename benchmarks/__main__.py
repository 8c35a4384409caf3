"""All benchmarks, or those named: see benchmarks.running."""

import sys

from benchmarks.running import main

if __name__ == "__main__":
    sys.exit(main())
