"""Repeatable measurements, printed as ratios to a floor that is taken in the same run: `make bench`.

`python -m bench.quality` scores the swap itself, on clips and portraits of one's own; `make bench` leaves it out.
"""
