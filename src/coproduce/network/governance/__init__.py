"""Consent, audit, rules: how the network governs what it keeps."""
