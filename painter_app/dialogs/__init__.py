"""Dialogs and pages, one file each."""
