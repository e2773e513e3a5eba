"""What is found out about sessions beside what they report."""
