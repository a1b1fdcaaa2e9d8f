"""The words every other part speaks: money, currencies, periods, transactions, monthly summaries.

Frozen values, standard library only.
"""
