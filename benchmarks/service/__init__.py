"""The live network: from a cold start to a page, a big import, and ten people who state needs at once."""
