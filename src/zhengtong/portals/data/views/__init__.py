"""The views of the data portal."""
