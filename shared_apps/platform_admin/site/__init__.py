"""The public site on the platform's host: what the product is, and signing up."""
