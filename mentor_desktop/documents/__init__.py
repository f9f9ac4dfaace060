"""Paper and files out: a frozen dataclass in, bytes out. Knows neither windows nor tables."""
