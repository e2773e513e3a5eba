"""What is over is kept for as long as the settings say."""
