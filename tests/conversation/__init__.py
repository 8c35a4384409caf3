"""Requests made from the OpenAPI document alone, valid and invalid, against the product."""
