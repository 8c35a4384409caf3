"""The operators' console: Django's admin under unfold, on the platform's host and nowhere else."""
