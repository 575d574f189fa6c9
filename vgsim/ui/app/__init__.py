"""What joins engine and views: worker thread, mailbox, session, settings."""
