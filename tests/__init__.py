"""Tests by kind: a folder a kind (CONTRIBUTING.md)."""
