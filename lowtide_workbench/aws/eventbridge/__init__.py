"""EventBridge's default bus. May import account."""
