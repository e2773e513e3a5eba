"""The page for phones: its listener, the devices that are paired with it, and what they may do."""
