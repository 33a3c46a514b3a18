"""PostgreSQL as this site reaches it: Django's engine, with a health check that asks the server nothing."""
