"""View models as trees of elements: what stands where, in which words. How it looks is in `sheet.css`."""
