"""Needs, offers, matching people and resources, the story of a need, the home page."""
