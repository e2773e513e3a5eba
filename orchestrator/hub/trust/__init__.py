"""Trust: what repositories configure runs once a person has allowed it."""
