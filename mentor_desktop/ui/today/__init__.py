"""The first page: what is on, what is missing, what comes."""
