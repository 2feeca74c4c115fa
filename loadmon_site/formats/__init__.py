"""How Django writes and reads dates where nothing else is said: FORMAT_MODULE_PATH."""
