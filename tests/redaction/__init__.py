"""A corpus for the redactor: planted secrets in realistic logs, and ordinary lines."""
