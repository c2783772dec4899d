"""Measures of the live network on pages: for members, leaders and the public."""
