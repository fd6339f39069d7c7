"""The frame around every page: top bar, page routing, job progress, messages, deletion.

The shell owns the browser state: the data set and model of a tab (``Ids.REFS``), its current job
(``Ids.JOB``), its last finished job (``Ids.DONE``) and the theme. All of it lives in memory and in
the URL, never in browser storage, which may be blocked in frames.
"""

from dashapp.shell.callbacks import register
from dashapp.shell.errors import report_error
from dashapp.shell.ids import Ids
from dashapp.shell.layout import layout
from dashapp.shell.opening import install as install_opening

__all__ = ["Ids", "install_opening", "layout", "register", "report_error"]
