"""The tests, laid out as the rooms of `compliance/` are; see docs/ARCHITECTURE.md."""
