"""The law as data: rules, counting, terms, ladders. Pure; `load_law()` is the way in."""

from lawkit.law import Law, load_law

__all__ = ["Law", "load_law"]
