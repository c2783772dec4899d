"""Coproduce: a live network and a laboratory for collaborative learning health systems, on one event log."""

__version__ = "0.1.0"
