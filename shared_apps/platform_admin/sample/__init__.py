"""Two made-up organizations with half a year of history, made through the services."""
