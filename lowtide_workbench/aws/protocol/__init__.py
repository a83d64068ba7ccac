"""How requests reach a service of the embedded AWS, are checked and are answered.

May import virtual_time and account.
"""
