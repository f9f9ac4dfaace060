"""What the import page is made of: the file, its letters, its columns, its rows."""
