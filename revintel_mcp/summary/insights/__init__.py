"""What the rows say about a business: each figure with its definition, period, number of rows, and coverage.

`measures` holds the types that keep flows, stocks and ratios apart, `catalogue` asks for all of them at once.
"""
