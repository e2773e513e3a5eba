"""What waits to be sent to a forge: acts, the three-way compare behind them, and what became of them."""
