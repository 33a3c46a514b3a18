"""Policies（政策规则）: published rule versions, and simulations of changed ones. Doors: actions, queries, shapes."""
