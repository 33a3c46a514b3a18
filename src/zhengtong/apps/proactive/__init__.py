"""Granted without applying（免申即享）."""
