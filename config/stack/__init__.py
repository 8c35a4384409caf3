"""The product as it runs: web, worker and beat of the Procfile with their servers."""

from config.stack.stack import Stack

__all__ = ["Stack"]
