#!/usr/bin/env python
"""The command line of loadmon."""

import os
import sys

from django.core.management import execute_from_command_line

from monitor.conf import WrongSetting


def main() -> None:
    """Run one management command; a wrong setting ends it with a sentence instead of a traceback."""
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loadmon_site.settings")
    try:
        execute_from_command_line(sys.argv)
    except WrongSetting as error:
        sys.exit(f"loadmon: {error}")


if __name__ == "__main__":
    main()
