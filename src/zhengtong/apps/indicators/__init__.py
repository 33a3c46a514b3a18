"""Indicators（指标）: what a government reports about its services, computed from cases and matters, each with its definition."""
