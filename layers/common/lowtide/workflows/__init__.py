"""What each function does: gather, decide, apply, report."""
