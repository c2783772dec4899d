"""The live network: a Django project in which people state needs, get what they need, and learn from every use."""
