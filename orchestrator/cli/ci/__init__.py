"""What only a run without a terminal needs: there is no person to ask."""
