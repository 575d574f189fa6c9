"""The window: one package a panel, each with its model beside its widgets."""
