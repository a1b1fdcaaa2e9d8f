"""Laws are tried without a clock: a busy machine fails no test."""

from hypothesis import settings

settings.register_profile("no clock", deadline=None, max_examples=40)
settings.load_profile("no clock")
