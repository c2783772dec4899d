"""Studies of the model network: what is asked of many runs at once."""
