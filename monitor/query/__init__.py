"""The query language of docs/queries.md: a query → a tree, a tree → a query, and what was perhaps meant otherwise. Pure."""

from monitor.query.doubts import slips
from monitor.query.printing import printed
from monitor.query.tree import parse

__all__ = ["parse", "printed", "slips"]
