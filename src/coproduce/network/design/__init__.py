"""Base templates, components, tokens, static files and template tags: how every page looks."""
