"""Ids of the shell, which pages listen to."""

from __future__ import annotations

from enum import StrEnum


class Ids(StrEnum):
    """Ids of the shell."""

    FRAME = "shell-frame"
    URL = "shell-url"
    ASKED = "shell-asked"
    WENT = "shell-went"
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
    EXPORT = "shell-export"
    EXPORT_POLL = "shell-export-poll"
    EXPORT_PROGRESS = "shell-export-progress"
    EXPORT_READY = "shell-export-ready"
    PAGE = "shell-page"
    DELETE = "shell-delete"
    DELETE_DIALOG = "shell-delete-dialog"
    DELETE_TITLE = "shell-delete-title"
    DELETE_CONFIRM = "shell-delete-confirm"
    DELETE_KEEP = "shell-delete-keep"
    HISTORY = "shell-history"
    HISTORY_PANEL = "shell-history-panel"
    HISTORY_ASKED = "shell-history-asked"
    HISTORY_TITLE = "shell-history-title"
    HISTORY_LIST = "shell-history-list"
    HELP = "shell-help"
    HELP_TITLE = "shell-help-title"
    HELP_PANEL = "shell-help-panel"
    TITLE = "shell-title"
