"""Objects for tests, made through the services (factory-boy). One module per app."""
