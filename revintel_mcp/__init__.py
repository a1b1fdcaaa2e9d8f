"""Revenue Intelligence: one revenue tracker, always true, from Stripe, Gumroad, Upwork and your own entries."""

__version__ = "0.1.0"
