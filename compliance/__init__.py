"""Export-control self-assessment: the application's rooms. See docs/ARCHITECTURE.md."""
