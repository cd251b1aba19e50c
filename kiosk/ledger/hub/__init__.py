"""Several terminals and one PostgreSQL: README.md. Nothing here loads psycopg before it is used."""
