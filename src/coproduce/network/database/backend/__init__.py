"""Django's PostgreSQL backend, which starts the embedded server when somebody first asks it something."""
