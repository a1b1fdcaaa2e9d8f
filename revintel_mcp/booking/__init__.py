"""Holding what sources saw against the log: what is new, what went back, what needs a person. Pure."""

from revintel_mcp.booking.book import book
from revintel_mcp.booking.known import Known, SourcePull
from revintel_mcp.booking.wanted import wanted_ids

__all__ = ["Known", "SourcePull", "book", "wanted_ids"]
