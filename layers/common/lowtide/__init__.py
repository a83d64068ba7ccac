"""Lowtide: SageMaker endpoints that sleep when nobody needs them, with nothing lost."""
