"""Random histories of an office: whatever people do, in whatever order, the books stay right."""
