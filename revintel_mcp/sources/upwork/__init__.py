"""Upwork: its earnings and transactions, explained by its contracts."""
