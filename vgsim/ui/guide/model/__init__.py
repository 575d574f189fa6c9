"""What stands in the Guide, without Qt."""
