"""Django's SQLite, but for who opens a file: it is looked at first, and none is ever made by being opened."""
