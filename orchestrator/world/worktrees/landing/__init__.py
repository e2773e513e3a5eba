"""Landing a branch on its base: what proves it, where it is made, and how a checkout of the base follows."""
