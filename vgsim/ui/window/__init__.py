"""The main window: menus, docks, and the panels in them."""
