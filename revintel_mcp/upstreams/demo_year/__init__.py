"""A year in the life of an invented freelancer, as her three platforms would show it: pure functions of the clock.

Nobody and nothing in it is real: names are made up, addresses end in example.com and its kin, ids say that they are
of the demo. Everything follows from tables and SHA-256, so the year is the same on every machine and every day.
"""
