"""Invented outlets, their feeds and pages, served on loopback: what `monitor demo` and the tests read."""
