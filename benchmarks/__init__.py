"""How fast the program is beside its peers: `python -m benchmarks`. See docs/performance.md."""
