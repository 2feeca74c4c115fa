"""Parts of a machine on the web: what each file system, disk and interface held and moved, as JSON."""
