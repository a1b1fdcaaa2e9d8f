"""Rows to figures: monthly summary, coverage, insights. Pure."""
