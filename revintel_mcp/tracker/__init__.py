"""The tracker's markdown text and its rows, both ways: parse, update, render. Pure; every byte not ours survives."""
