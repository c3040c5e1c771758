"""Repeatable measurements, printed as ratios to a floor that is taken in the same run: `make bench`."""
