"""What Lowtide decides: values in, values out. No AWS, clock, logger or environment.

May import nothing of Lowtide outside it; its packages import only downward.
"""
