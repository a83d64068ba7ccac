"""Tables without lines, in which nothing is cut."""

from rich.table import Table


def grid(columns: int, *, gap: int = 2) -> Table:
    """Returns a table whose last column takes the rest of the width and wraps."""
    table = Table.grid(padding=(0, gap, 0, 0))
    for _ in range(columns - 1):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    return table
