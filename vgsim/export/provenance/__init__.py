"""What an exported file carries of its experiment, and how that is found again. No Qt."""
