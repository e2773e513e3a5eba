"""The page for phones: devices, what each may do, and which addresses lead to it."""
