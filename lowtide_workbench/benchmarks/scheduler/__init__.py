"""The bench of the scheduler."""
