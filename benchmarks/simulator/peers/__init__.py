"""The `bandit` workload as a user of each framework would write it, from its definition, by us."""
