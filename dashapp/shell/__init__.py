"""What surrounds every page: top bar, page switch, progress of jobs, messages, deletion.

The shell owns the browser's few values: which data set and model a tab looks at (``Ids.REFS``),
the job it waits for (``Ids.JOB``), the last finished one (``Ids.DONE``) and the theme. All live
in memory and in the address, never in browser storage, which frames may forbid.
"""

from dashapp.shell.callbacks import register
from dashapp.shell.errors import report_error
from dashapp.shell.ids import Ids
from dashapp.shell.layout import layout
from dashapp.shell.opening import install as install_opening

__all__ = ["Ids", "install_opening", "layout", "register", "report_error"]
