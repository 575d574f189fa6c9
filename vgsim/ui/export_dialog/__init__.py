"""The Export dialog: its fields, its preview, its progress."""

from vgsim.ui.export_dialog.dialog import ExportDialog
from vgsim.ui.export_dialog.form import ExportChoices
from vgsim.ui.export_dialog.preview import ProgressDialog

__all__ = ["ExportChoices", "ExportDialog", "ProgressDialog"]
