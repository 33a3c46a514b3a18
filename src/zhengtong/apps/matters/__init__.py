"""Matters（事项）: what a government offers, from packs it runs and lists it brought in; found by everyday words."""
