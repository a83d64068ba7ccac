"""Two working days of a call centre, played through the whole system on a virtual clock."""
