"""The bench of the publisher."""
