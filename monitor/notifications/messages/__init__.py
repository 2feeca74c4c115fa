"""Messages: what a notification says, as subject, text, HTML and JSON; values in, text out."""
