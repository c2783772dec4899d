"""Matching: quality against human judgments, misspelt messages, answerable needs, and processor time."""
