"""The look: themes, fonts, icons, the style sheet."""
