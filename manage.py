#!/usr/bin/env python
"""The command line of loadmon."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import DatabaseError

from monitor.conf import WrongSetting
from monitor.database import file


def main() -> None:
    """Run one management command; a wrong setting or a database that fails ends it with a sentence."""
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loadmon_site.settings")
    try:
        execute_from_command_line(sys.argv)
    except WrongSetting as error:
        sys.exit(f"loadmon: {error}")
    except DatabaseError as error:
        refusal = file.refusal(error)
        if refusal is None:
            raise
        sys.stderr.write(f"loadmon: {refusal}\n")
        sys.exit(refusal.exit_code)


if __name__ == "__main__":
    main()
