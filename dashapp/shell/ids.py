"""Ids of the shell, which pages listen to."""

from __future__ import annotations

from enum import StrEnum

from dashapp.components.tab_bar import OPEN_TAB_TYPE


class Ids(StrEnum):
    """Ids of the shell."""

    OPEN_TAB = OPEN_TAB_TYPE
    URL = "shell-url"
    REFS = "shell-refs"
    JOB = "shell-job"
    DONE = "shell-done"
    THEME = "shell-theme"
    THEME_BUTTON = "shell-theme-button"
    POLL = "shell-poll"
    STEPS = "shell-steps"
    SUMMARY = "shell-summary"
    PROGRESS = "shell-progress"
    CANCEL = "shell-cancel"
    ALERT = "shell-alert"
    PAGE = "shell-page"
    DELETE = "shell-delete"
    DELETE_DIALOG = "shell-delete-dialog"
    DELETE_CONFIRM = "shell-delete-confirm"
    DELETE_KEEP = "shell-delete-keep"
    HELP = "shell-help"
    HELP_PANEL = "shell-help-panel"
    TITLE = "shell-title"
