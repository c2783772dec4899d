"""How quickly a need becomes a ranked page, as people see it."""
