"""What works for this person, and for whom: exact personal trials, pooling across people, honest comparisons."""
