"""Makes the AWS clients, and the services of each function with them. Nothing else makes clients.

May import adapters, settings and workflows; `publisher` imports nothing of the lifecycle.
"""
