"""The product as it is: its own settings, its own engine.

Where BENCH_MIGRATIONS names a package, the migrations of `clients` come from there: the product's
own and one more (see benchmarks.added_field).
"""

import os

from config.settings.base import *  # noqa: F403  an overlay of base

MIGRATION_MODULES: dict[str, str] = {}
if os.environ.get("BENCH_MIGRATIONS"):
    MIGRATION_MODULES["clients"] = os.environ["BENCH_MIGRATIONS"]
