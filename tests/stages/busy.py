"""A host that is busy: the reading, and the command line that is for staff alone."""

COMMAND = "ffmpeg -i holiday.mp4"
BUSY = {
    "load1": 3.1,
    "cpu_percent": 99.0,
    "cpu_effective_cores": 2.0,
    "tasks_running": 3.0,
    "tasks_blocked": 0.0,
}
