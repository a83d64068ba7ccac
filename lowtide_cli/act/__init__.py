"""The commands that ask for something: `wake`, `sleep`, `auto`, `pause` and `resume`.

May import schedules, status and terminal.
"""
