"""One file per platform: which upstream tool to ask next, and how to read its answer. Pure."""
