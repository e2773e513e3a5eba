"""Issues and change requests of a forge: values, and what is decided about them."""
