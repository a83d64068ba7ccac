"""What Lowtide decides: values in, values out. No AWS, clock, logger or environment.

May import nothing else of Lowtide; its packages import only downward.
"""
