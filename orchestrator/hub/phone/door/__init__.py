"""The application on the page's own port."""
