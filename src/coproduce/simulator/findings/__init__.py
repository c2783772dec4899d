"""Figures and findings of the documentation, each made again by `coproduce figure NAME`."""
