"""The style sheet: one template, filled in with the colors of a theme."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

from vgsim.ui.style.theme import Theme, mix

_TEMPLATE = Template("""
/* panels */
QMainWindow, QDialog { background: $background; }
QMainWindow::separator { background: transparent; width: 12px; height: 12px; }
QDockWidget { border: none; }
QDockWidget::title { background: transparent; padding: 4px 2px; }
QSplitter::handle { background: transparent; }
QFrame[card="true"] { background: $surface; border: 1px solid $border; border-radius: 10px; }
QFrame[tone] { background: $raised; border: none; border-radius: 8px; }
QFrame[tone="warning"] { background: $warning_soft; }
QFrame[tone="good"] { background: $accent_soft; }
QFrame[tile="true"] { background: $raised; border: 1px solid $border; border-radius: 8px; }
QFrame[popover="true"] { background: $surface; border: 1px solid $strong; border-radius: 10px; }
QFrame[popover="true"]:focus { border-color: $accent; }
QLabel[hairline="true"] { background: $border; border: none; }
QWidget[bar="true"] { background: $surface; border: none; border-bottom: 1px solid $border; }
QWidget[bar="true"] QWidget[bar="true"] { border: none; }
QLabel { background: transparent; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="faint"] { color: $faint; }
QLabel[role="error"] { color: $error; }
QLabel[role="accent"] { color: $accent; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="second"] { color: $second; }
QLabel[pill="true"] {
    background: $accent_soft; color: $accent; border: none; border-radius: 15px; padding: 0 14px;
}

/* buttons: filled for the one likeliest next action only */
QPushButton {
    background: $surface; color: $text; border: 1px solid $border; border-radius: 8px;
    padding: 0 12px; min-height: 30px;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:focus { border-color: $accent; }
QPushButton[ring="false"]:focus { border-color: $border; }
QPushButton:disabled { color: $disabled; }
QPushButton[primary="true"], QPushButton:default {
    background: $accent; color: $on_accent; border-color: $accent;
}
QPushButton[primary="true"]:hover, QPushButton:default:hover {
    background: $accent_hover; border-color: $accent_hover;
}
QPushButton[primary="true"]:pressed, QPushButton:default:pressed {
    background: $accent_pressed; border-color: $accent_pressed;
}
QPushButton[primary="true"]:focus, QPushButton:default:focus { border-color: $text; }
QPushButton[primary="true"][ring="false"]:focus { border-color: $accent; }
QPushButton[primary="true"]:disabled, QPushButton:default:disabled {
    background: $accent_faint; color: $on_accent; border-color: $accent_faint;
}
QPushButton[compact="true"] { padding: 0; }
QPushButton[small="true"] { min-height: 22px; padding: 0 10px; border-radius: 6px; }
QPushButton[names="true"] { background: $raised; text-align: left; padding: 0 7px; }
QPushButton[accented="true"] { color: $accent; }
QPushButton[accented="true"]:disabled { color: $disabled; }
QPushButton[accented="true"][primary="true"] { color: $on_accent; }
QPushButton[reference="true"] {
    background: transparent; color: $muted; border: none; border-radius: 5px; padding: 0 4px;
    min-height: 21px; text-align: left;
}
QPushButton[reference="true"]:hover { background: $hover; color: $text; }
QPushButton[reference="true"]:focus { background: $hover; color: $text; }
QFrame[popover="true"] QPushButton[reference="true"] { color: $accent; padding: 0 2px; }
QToolButton {
    background: transparent; color: $text; border: 1px solid transparent; border-radius: 6px;
    padding: 3px;
}
QToolButton:hover, QToolButton:checked { background: $hover; }
QToolButton:pressed { background: $pressed; }
QToolButton:focus { border-color: $accent; }
QToolButton[ring="false"]:focus { border-color: transparent; }
QToolButton::menu-indicator { image: none; }

/* what one types into */
QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit {
    background: $raised; color: $text; border: 1px solid $border; border-radius: 6px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit, QComboBox, QAbstractSpinBox { min-height: 24px; padding: 0 7px; }
QLineEdit:hover, QComboBox:hover, QAbstractSpinBox:hover { border-color: $strong; }
QLineEdit:focus, QComboBox:focus, QComboBox:on, QAbstractSpinBox:focus, QPlainTextEdit:focus,
QTextEdit:focus { border-color: $accent; }
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled { color: $disabled; }
QLineEdit[invalid="true"], QComboBox[invalid="true"] { border-color: $error; }
QLineEdit[number="true"] { padding: 0 5px; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {
    background: transparent; border: none; padding: 0 0 0 6px; min-height: 0;
}
QAbstractSpinBox { padding: 0 18px 0 4px; }
QAbstractSpinBox[buttonless="true"] { padding: 0 4px; }
QComboBox { combobox-popup: 0; padding-right: 4px; }
QComboBox::drop-down {
    subcontrol-origin: border; subcontrol-position: center right; width: 22px; border: none;
}
QComboBox::down-arrow { image: url("$image_chevron"); width: 12px; height: 12px; }
QComboBox QAbstractItemView {
    background: $surface; color: $text; border: 1px solid $border; padding: 4px; outline: none;
    selection-background-color: $accent_soft; selection-color: $text;
}
QComboBox QAbstractItemView::item { min-height: 26px; padding: 0 6px; border-radius: 5px; }
QComboBox QAbstractItemView::item:selected, QComboBox QAbstractItemView::item:hover {
    background: $accent_soft; color: $text;
}
/* buttonless spin boxes lose their text; a button of no width keeps it */
QAbstractSpinBox[buttonless="true"]::up-button { width: 0; border: none; }
QAbstractSpinBox[buttonless="true"]::down-button { width: 0; border: none; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
    subcontrol-origin: border; width: 18px; border: none; background: transparent;
}
QAbstractSpinBox::up-button { subcontrol-position: top right; margin-top: 2px; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; margin-bottom: 2px; }
QAbstractSpinBox::up-arrow { image: url("$image_chevron_up"); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url("$image_chevron_down"); width: 10px; height: 10px; }

/* sliders and check marks */
QSlider { background: transparent; }
QSlider:horizontal { min-height: 20px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $groove; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal {
    width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: $accent;
}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:pressed {
    background: $accent_hover;
}
QSlider:horizontal:focus { border: none; }
QSlider::handle:horizontal:focus { background: $accent_pressed; }
QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled {
    background: $strong;
}
QCheckBox, QRadioButton { spacing: 8px; background: transparent; min-height: 22px; }
QCheckBox::indicator {
    width: 16px; height: 16px; border: 1px solid $strong; border-radius: 4px; background: $raised;
}
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: $accent; }
QCheckBox::indicator:checked {
    background: $accent; border-color: $accent; image: url("$image_check");
}
QCheckBox::indicator:checked:focus { border-color: $text; }
QRadioButton::indicator {
    width: 14px; height: 14px; border: 1px solid $strong; border-radius: 8px; background: $raised;
}
QRadioButton::indicator:checked { background: $surface; border: 5px solid $accent;
    width: 6px; height: 6px; }

/* menus, tips, bars */
QMenuBar { background: $surface; padding: 2px 6px; border: none; }
QMenuBar::item { background: transparent; padding: 5px 10px; border-radius: 6px; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $surface; border: 1px solid $border; padding: 5px; }
QMenu::item { padding: 6px 22px 6px 28px; border-radius: 5px; background: transparent; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $disabled; background: transparent; }
QMenu::separator { height: 1px; background: $border; margin: 5px 8px; }
QMenu::icon { left: 8px; }
QMenu::indicator { left: 8px; width: 14px; height: 14px; }
QMenu::indicator:checked { image: url("$image_check_plain"); }
QMenu::right-arrow { image: url("$image_chevron_right"); width: 12px; height: 12px; right: 6px; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 5px 7px; }
QStatusBar { background: $surface; color: $muted; border-top: 1px solid $border; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $muted; padding: 0 6px; }
QToolBar { background: $surface; border: none; spacing: 8px; padding: 0; }
QScrollArea, QScrollArea > QWidget > QWidget[scrolled="true"] {
    background: transparent; border: none;
}
QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 8px; margin: 0; }
QScrollBar::handle { background: $scroll; border-radius: 3px; }
QScrollBar::handle:vertical { min-height: 32px; margin: 1px; }
QScrollBar::handle:horizontal { min-width: 32px; margin: 1px; }
QScrollBar::handle:hover { background: $strong; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

/* dialogs */
QTabWidget::pane { border: none; border-top: 1px solid $border; }
QTabBar { background: transparent; }
QTabBar::tab {
    background: transparent; color: $muted; padding: 7px 12px; border: none;
    border-bottom: 2px solid transparent;
}
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:hover { color: $text; }
QGroupBox { border: 1px solid $border; border-radius: 8px; margin-top: 9px; padding: 10px; }
QGroupBox::title { subcontrol-origin: margin; left: 10px; padding: 0 4px; color: $muted; }
QAbstractItemView { background: $surface; border: 1px solid $border; outline: none; }
QTableView[figures="true"], QListView[cards="true"], QTreeView[modules="true"] {
    background: transparent; border: none;
}
QAbstractItemView::item:selected { background: $accent_soft; color: $text; }
QTreeView[modules="true"]::item:selected { background: transparent; }
QTreeView[modules="true"] { selection-background-color: transparent; }
QListWidget[choices="true"] { border-radius: 8px; padding: 4px; }
QListWidget[choices="true"]::item { min-height: 24px; padding: 0 6px; border-radius: 5px; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section {
    background: $raised; color: $muted; border: none; border-bottom: 1px solid $border;
    padding: 5px 8px;
}
QProgressBar {
    background: $groove; border: none; border-radius: 3px; max-height: 6px; color: transparent;
}
QProgressBar::chunk { background: $accent; border-radius: 3px; }
""")


def style_sheet(theme: Theme, images: Mapping[str, str]) -> str:
    """The style sheet of ``theme``; ``images`` are paths of its arrows and check marks.

    It sets no fonts: a font in a style sheet would override every ``setFont``.
    """
    pictures = {f"image_{key.replace('-', '_')}": path for key, path in images.items()}
    return _TEMPLATE.substitute(_colors(theme) | pictures)


def _colors(theme: Theme) -> dict[str, str]:
    """Every color that the template names."""
    away = "#ffffff" if theme.dark else "#000000"
    palette = {name: getattr(theme, name) for name in Theme.__slots__}
    if theme.see_through:
        palette["background"] = "transparent"
    return palette | {
        "hover": mix(theme.surface, theme.text, 0.05),
        "pressed": mix(theme.surface, theme.text, 0.10),
        "strong": mix(theme.border, theme.muted, 0.45),
        "scroll": mix(theme.surface, theme.muted, 0.35),
        "groove": mix(theme.border, theme.muted, 0.12),
        "faint": mix(theme.surface, theme.muted, 0.8),
        "disabled": mix(theme.surface, theme.muted, 0.6),
        "accent_hover": mix(theme.accent, away, 0.10),
        "accent_pressed": mix(theme.accent, away, 0.18),
        "accent_faint": mix(theme.surface, theme.accent, 0.4),
    }
