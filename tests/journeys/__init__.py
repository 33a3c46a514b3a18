"""A person's errand from end to end in a real browser, against a real server on a city of its own."""
