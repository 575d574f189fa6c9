"""What a person presses, drags and types into."""
