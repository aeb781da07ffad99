"""Tests with real servers. A package, so that the names below it are not those of services."""
