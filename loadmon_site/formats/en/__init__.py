"""The formats of the only language that loadmon speaks."""
