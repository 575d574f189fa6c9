"""The dialog *Open data*: how a table will be read, as a preview that can be changed."""
