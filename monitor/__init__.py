"""The news monitor: polls outlets, stores what is new, reads it, alerts on watched words, writes a digest."""

__version__ = "0.1.0"
