"""Makes the AWS clients, and the services of each function with them. Nothing else makes clients.

May import all of lowtide; `publisher` imports nothing of the lifecycle.
"""
