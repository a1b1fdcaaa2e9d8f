"""Gumroad: its sales, read into sales and reversals."""
