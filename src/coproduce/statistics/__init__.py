"""Intervals, survival curves, resampling, control charts and small-cell rules: what several packages need."""
