"""Importing a large file of resources: the first time, a second time, and building the index anew."""
