"""Cases（办件）: one run of a matter, from the first answer to the outcome and its review."""
