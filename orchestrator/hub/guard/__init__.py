"""What keeps the hub in its place: one for each state directory, reachable, and not to be worn out."""
