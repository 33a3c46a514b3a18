"""Appointments, delivery by post and payment around cases（办事安排）."""
