"""Matching beside other searches: quality, processor time and memory on shelves of three sizes."""
