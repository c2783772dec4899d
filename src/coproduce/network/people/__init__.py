"""Persons, identities kept apart, roles, proxies, sites, and the policy: who may."""
