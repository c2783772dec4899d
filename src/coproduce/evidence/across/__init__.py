"""Across people: pooling of personal trials, comparisons from registries, rules of treatment, people like me."""
