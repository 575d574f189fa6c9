"""The Export dialog: its fields, its preview, its progress."""

from vgsim.views.export.dialog import ExportDialog
from vgsim.views.export.form import ExportChoices
from vgsim.views.export.progress import ProgressDialog

__all__ = ["ExportChoices", "ExportDialog", "ProgressDialog"]
