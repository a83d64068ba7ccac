"""What an hour of an instance costs: a dated table, and AWS's own price list from a file.

May import nothing else of Lowtide.
"""
