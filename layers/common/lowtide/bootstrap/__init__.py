"""Makes the AWS clients, and of them the services of each function; nothing else makes clients.

May import everything but lowtide.config; `publisher` imports nothing of the lifecycle.
"""
