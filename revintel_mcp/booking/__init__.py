"""Holding what sources saw against the log: what is new, what went back, what needs a person. Pure."""
