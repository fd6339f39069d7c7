"""``python -m dashapp``: run the portal on this computer, only its worker, or a command.

Each job's process imports this module again, so it imports nothing heavy itself.
"""

from __future__ import annotations

import os
import sys

# Commands of dashapp.operator_commands, which is imported only for them.
COMMANDS = ("embed-link", "share-model", "shared-models", "unshare-model")
USAGE = f"usage: python -m dashapp [worker [--follow] | {' | '.join(COMMANDS)}]\n"
SERVE: list[str] = []
WORK = ["worker"]
# Ends when its parent process ends, for whatever reason.
FOLLOW = ["worker", "--follow"]


def main(arguments: list[str]) -> int:
    """Run the command line.

    Returns
    -------
    int
        0 after a clean stop, 1 if a setting or the data folder prevents the start, 2 for wrong
        usage.
    """
    if arguments not in (SERVE, WORK, FOLLOW) and arguments[0] not in COMMANDS:
        sys.stderr.write(USAGE)
        return 2
    from dashapp.malloc import tune
    from dashapp.settings.portal_settings import SettingsError, limit_threads, load_settings
    from dashapp.storage.errors import StoreError

    limit_threads()
    tune()
    try:
        if arguments and arguments[0] in COMMANDS:
            from dashapp.operator_commands import run

            return run(arguments)
        settings = load_settings()
        if arguments == SERVE:
            from dashapp.supervisor import serve

            return serve(settings)
        from dashapp.jobs.worker import run_worker
        from dashapp.services.handlers import HANDLERS

        run_worker(settings, HANDLERS, parent=os.getppid() if arguments == FOLLOW else None)
    except (SettingsError, StoreError) as error:
        reason = error.for_operators if isinstance(error, StoreError) else error
        sys.stderr.write(f"The portal does not start: {reason}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
