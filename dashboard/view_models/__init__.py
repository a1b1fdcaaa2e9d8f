"""From what the tools answer to what the pages show: plain functions, no framework, no clock, no connection."""
